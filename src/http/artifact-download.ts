import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { ArtifactFile } from '../features/servers/index.js';
import { errorBody } from '../graphql/error-format.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import { inTenant } from '../kernel/tenant-scope.js';
import { actorOf } from './request-scope.js';

/** A regular file, or a TriagedError. Any key of the tenant may read. */
export type FindArtifact = (actor: Actor, runId: string, name: string) => Promise<ArtifactFile>;

interface ArtifactParameters {
  readonly id: string;
  readonly name: readonly string[];
}

/** What of another server's answer is the client's. */
const PASSED_HEADERS = ['content-length', 'content-range', 'accept-ranges', 'last-modified'] as const;

/**
 * Hands out what an agent wrote, which may be hostile: a browser saves it and never shows, runs or guesses it. Ranges are
 * served, so that a large file can be resumed.
 */
export const artifactDownload =
  (find: FindArtifact): RequestHandler =>
  async (request, response, next) => {
    const { id, name } = request.params as unknown as ArtifactParameters;
    const actor = actorOf(request);
    const file = await inTenant(actor.tenantId, () => find(actor, id, name.join('/')));
    if ('path' in file) sendArtifact(request, response, file.path, next);
    else await passArtifact(request, response, file);
  };

/** A file of this server's. */
export function sendArtifact(request: Request, response: Response, file: string, next: NextFunction): void {
  setHeaders(response, path.basename(file));
  response.sendFile(file, { dotfiles: 'allow', cacheControl: false, etag: false }, (error?: Error) => {
    if (!error || response.headersSent) return;
    response.removeHeader('content-disposition');
    if (isUnsatisfiable(error)) refuseRange(request, response);
    // It was there a moment ago: a repeated receipt took its place.
    else next(gone(error));
  });
}

async function passArtifact(
  request: Request,
  response: Response,
  { name, open }: Exclude<ArtifactFile, { readonly path: string }>,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const answer = await open(request.headers.range, left.signal);
  if (answer.statusCode !== 200 && answer.statusCode !== 206) {
    answer.destroy();
    if (answer.statusCode === 416) return refuseRange(request, response);
    throw gone(new Error(`another server answered ${answer.statusCode}`));
  }
  setHeaders(response, path.basename(name));
  response.status(answer.statusCode);
  for (const header of PASSED_HEADERS) {
    const value = answer.headers[header];
    if (value !== undefined) response.set(header, value);
  }
  // Cut off in the middle, the client sees that it has not got all of it.
  await pipeline(answer, response).catch(() => response.destroy());
}

function setHeaders(response: Response, name: string): void {
  response.attachment(name).type('application/octet-stream');
  response.set('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
}

const gone = (cause: Error): TriagedError =>
  new TriagedError('NOT_FOUND', 'The artifact is gone. Ask for it again.', {}, { cause });

const isUnsatisfiable = (error: Error): boolean => 'status' in error && error.status === 416;

function refuseRange(request: Request, response: Response): void {
  const range = String(request.headers.range).slice(0, 100);
  const error = new TriagedError('BAD_REQUEST', 'The range lies outside of the artifact.', { range });
  response.status(416).json(errorBody(error));
}
