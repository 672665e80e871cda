import path from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import { errorBody } from '../graphql/error-format.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import { inTenant } from '../kernel/tenant-scope.js';
import { scopeOf } from './request-scope.js';

/** The path of a regular file, or a TriagedError. Any key of the tenant may read. */
export type FindArtifact = (actor: Actor, runId: string, name: string) => Promise<string>;

interface ArtifactParameters {
  readonly id: string;
  readonly name: readonly string[];
}

/**
 * Hands out what an agent wrote, which may be hostile: a browser saves it and never shows, runs or guesses it. Ranges are
 * served, so that a large file can be resumed.
 */
export const artifactDownload =
  (find: FindArtifact): RequestHandler =>
  async (request, response, next) => {
    const { id, name } = request.params as unknown as ArtifactParameters;
    const { actor } = scopeOf(request);
    if (!actor) throw new TriagedError('UNAUTHENTICATED', 'Send a valid API key in the header x-api-key.');
    const file = await inTenant(actor.tenantId, () => find(actor, id, name.join('/')));
    response.attachment(path.basename(file)).type('application/octet-stream');
    response.set('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
    response.sendFile(file, { dotfiles: 'allow', cacheControl: false, etag: false }, (error?: Error) => {
      if (!error || response.headersSent) return;
      response.removeHeader('content-disposition');
      if (isUnsatisfiable(error)) refuseRange(request, response);
      // It was there a moment ago: a repeated receipt took its place.
      else next(new TriagedError('NOT_FOUND', 'The artifact is gone. Ask for it again.', {}, { cause: error }));
    });
  };

const isUnsatisfiable = (error: Error): boolean => 'status' in error && error.status === 416;

function refuseRange(request: Request, response: Response): void {
  const range = String(request.headers.range).slice(0, 100);
  const error = new TriagedError('BAD_REQUEST', 'The range lies outside of the artifact.', { range });
  response.status(416).json(errorBody(error));
}
