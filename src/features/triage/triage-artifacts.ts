import type { Actor } from '../../kernel/actor.js';
import { TriagedError } from '../../kernel/errors.js';
import type { RunId } from '../../kernel/ids.js';
import type { Artifact } from '../artifacts/index.js';
import type { ArtifactFile, SharedArtifacts } from '../servers/index.js';
import { requireKept } from './expired-run.js';
import { LONG_TEXTS } from './run-columns.js';
import type { TriageService } from './triage.service.js';

/** What a run left, for reading. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class TriageArtifacts {
  constructor(
    private readonly deps: {
      readonly triage: Pick<TriageService, 'get'>;
      readonly artifacts: Pick<SharedArtifacts, 'file'>;
    },
  ) {}

  /** A regular file; NOT_FOUND also for a name that no artifact may have, RUN_EXPIRED when none is kept. */
  async file(actor: Actor, runId: string, name: string): Promise<ArtifactFile> {
    const run = await this.deps.triage.get(actor, runId, { without: LONG_TEXTS });
    requireKept(run);
    const { id } = run;
    const file = await this.deps.artifacts.file(id, name);
    if (file !== undefined) return file;
    throw new TriagedError('NOT_FOUND', 'The run has no such artifact: triageRun.artifacts lists what it has.', {
      runId: id,
    });
  }
}

/** Where an artifact is downloaded, below the server's own address. */
export const artifactUrl = (runId: RunId, { name }: Artifact): string =>
  `/runs/${runId}/artifacts/${name.split('/').map(encodeURIComponent).join('/')}`;
