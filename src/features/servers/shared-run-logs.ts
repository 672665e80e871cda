import type { RunId } from '../../kernel/ids.js';
import type { RunLogReader } from '../run-log/index.js';
import type { Peers } from './peers.js';
import type { RunGroups } from './run-groups.js';

/** Of what one answer brings. */
export const MAX_PIECE_BYTES = 1024 ** 2;
/** The header that tells how long a log is. */
export const LOG_BYTES_HEADER = 'x-triaged-log-bytes';

export interface SharedRunLogsDependencies {
  /** In this server's run folder. */
  readonly own: RunLogReader;
  readonly groups: RunGroups;
  readonly peers: Pick<Peers, 'bytes'>;
  /** How long a reader waits for a server that has the log. */
  readonly patienceMs: number;
}

/** Reads the logs of all runs: from this server's run folder, or through a server that has theirs. */
export class SharedRunLogs implements RunLogReader {
  constructor(private readonly deps: SharedRunLogsDependencies) {}

  async size(runId: RunId): Promise<number> {
    const own = await this.deps.own.size(runId);
    // What has bytes here lies here; nobody need be asked.
    const group = own > 0 ? undefined : await this.deps.groups.elsewhere(runId);
    if (group === undefined) return own;
    const { headers } = await this.#ask(group, runId, 0, 0);
    const size = Number(headers[LOG_BYTES_HEADER] ?? NaN);
    if (!Number.isSafeInteger(size)) throw new Error('a server does not say how long a log is');
    return size;
  }

  async read(runId: RunId, offset: number, maxBytes: number): Promise<Buffer> {
    const own = await this.deps.own.read(runId, offset, maxBytes);
    const group = own.length > 0 ? undefined : await this.deps.groups.elsewhere(runId);
    if (group === undefined) return own;
    return (await this.#ask(group, runId, offset, Math.min(maxBytes, MAX_PIECE_BYTES))).body;
  }

  #ask(group: string, runId: RunId, offset: number, bytes: number): ReturnType<Peers['bytes']> {
    const path = `/peer/runs/${runId}/log?offset=${offset}&bytes=${bytes}`;
    return this.deps.peers.bytes(group, { path, patienceMs: this.deps.patienceMs }, MAX_PIECE_BYTES);
  }
}
