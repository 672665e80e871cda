import type { IncomingMessage } from 'node:http';
import type { RunId } from '../../kernel/ids.js';
import { artifactName } from '../artifacts/index.js';
import type { Artifact, ArtifactStore } from '../artifacts/index.js';
import { bodyOf } from './peer-connections.js';
import type { Peers } from './peers.js';
import type { RunGroups } from './run-groups.js';

/** Somebody looks at a page; a restart is not waited for. */
const PATIENCE_MS = 3_000;
/** More than the longest list. */
const MAX_LIST_BYTES = 64 * 1024 ** 2;

/** A file of this server's, or what another server sends of it: it may also answer that it is gone, or a range wrong. */
export type ArtifactFile =
  | { readonly path: string }
  | {
      readonly name: string;
      readonly open: (range: string | undefined, signal: AbortSignal) => Promise<IncomingMessage>;
    };

export interface SharedArtifactsDependencies {
  /** In this server's run folder. */
  readonly own: Pick<ArtifactStore, 'list' | 'path' | 'text'>;
  readonly groups: RunGroups;
  readonly peers: Peers;
}

/** What all runs left: in this server's run folder, or through a server that has theirs. */
export class SharedArtifacts {
  constructor(private readonly deps: SharedArtifactsDependencies) {}

  /** By name. */
  async list(runId: RunId): Promise<readonly Artifact[]> {
    const own = await this.deps.own.list(runId);
    const group = own.length > 0 ? undefined : await this.deps.groups.elsewhere(runId);
    if (group === undefined) return own;
    const request = { path: `/peer/runs/${runId}/artifacts`, patienceMs: PATIENCE_MS };
    const { body } = await this.deps.peers.bytes(group, request, MAX_LIST_BYTES);
    return JSON.parse(body.toString('utf8')) as Artifact[];
  }

  /** The beginning of an artifact as text, cut at a character; null when there is no such artifact. */
  async text(runId: RunId, name: string, maxBytes: number): Promise<string | null> {
    const file = await this.file(runId, name);
    if (file === undefined) return null;
    if ('path' in file) return this.deps.own.text(runId, name, maxBytes);
    const answer = await file.open(`bytes=0-${maxBytes - 1}`, AbortSignal.timeout(2 * PATIENCE_MS));
    if (answer.statusCode === 206) return new TextDecoder().decode(await bodyOf(answer, maxBytes), { stream: true });
    answer.destroy();
    // An empty file has no first byte.
    return answer.statusCode === 416 ? '' : null;
  }

  /** Undefined when there is no such artifact; of another server's it may turn out when it is opened. */
  async file(runId: RunId, name: string): Promise<ArtifactFile | undefined> {
    // In the path of a request, `..` would lead to another run's, and so another tenant's.
    if (artifactName(name) !== name) return undefined;
    const own = await this.deps.own.path(runId, name);
    if (own !== undefined) return { path: own };
    const group = await this.deps.groups.elsewhere(runId);
    if (group === undefined) return undefined;
    const path = `/peer/runs/${runId}/artifacts/${name.split('/').map(encodeURIComponent).join('/')}`;
    return {
      name,
      open: (range, signal) =>
        this.deps.peers.stream(group, { path, patienceMs: PATIENCE_MS, signal, ...(range && { headers: { range } }) }),
    };
  }
}
