import express from 'express';
import type { Request, RequestHandler, Router } from 'express';
import type { ArtifactStore } from '../features/artifacts/index.js';
import type { RunLogReader } from '../features/run-log/index.js';
import { LOG_BYTES_HEADER, MAX_PIECE_BYTES, type PeerTokens } from '../features/servers/index.js';
import { TriagedError } from '../kernel/errors.js';
import { isUuid, type RunId } from '../kernel/ids.js';
import { sendArtifact } from './artifact-download.js';

export interface PeerRoutesOptions {
  readonly tokens: Pick<PeerTokens, 'admits'>;
  /** In this server's own run folder. */
  readonly logs: RunLogReader;
  readonly artifacts: Pick<ArtifactStore, 'list' | 'path'>;
}

/**
 * What other servers may read of this one's run folder, by the token that they share. Who asked has been looked at there: no
 * API key leads here, and nothing here asks whose a run is.
 */
export function peerRoutes({ tokens, logs, artifacts }: PeerRoutesOptions): Router {
  const requireToken: RequestHandler = (request, _response, next) => {
    if (!tokens.admits(request.headers.authorization)) {
      throw new TriagedError('UNAUTHENTICATED', 'This is for servers that share a master secret.');
    }
    next();
  };
  const router = express.Router();
  router.use(requireToken);
  router.get('/runs/:id/log', async (request, response) => {
    const runId = runIdOf(request);
    const [offset, bytes] = [numberOf(request, 'offset'), Math.min(numberOf(request, 'bytes'), MAX_PIECE_BYTES)];
    // First: the size then covers no less than what is sent.
    const piece = bytes === 0 ? Buffer.alloc(0) : await logs.read(runId, offset, bytes);
    response.set(LOG_BYTES_HEADER, String(await logs.size(runId)));
    response.type('application/octet-stream').send(piece);
  });
  router.get('/runs/:id/artifacts', async (request, response) => {
    response.json(await artifacts.list(runIdOf(request)));
  });
  router.get('/runs/:id/artifacts/*name', async (request, response, next) => {
    const { name } = request.params as unknown as { readonly name: readonly string[] };
    const file = await artifacts.path(runIdOf(request), name.join('/'));
    if (file === undefined) throw new TriagedError('NOT_FOUND', 'There is no such artifact here.');
    sendArtifact(request, response, file, next);
  });
  return router;
}

function runIdOf(request: Request): RunId {
  const { id } = request.params;
  if (typeof id === 'string' && isUuid(id)) return id.toLowerCase() as RunId;
  throw new TriagedError('NOT_FOUND', 'Runs are named by UUIDs.');
}

function numberOf(request: Request, name: string): number {
  const value = Number(request.query[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TriagedError('BAD_REQUEST', `${name} must be a whole number from 0 on.`);
}
