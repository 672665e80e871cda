import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ErrorScope } from '../graphql/error-format.js';
import type { Actor } from '../kernel/actor.js';

/** What is known of a request while it is served. */
export interface RequestScope extends ErrorScope {
  readonly logger: Logger;
  readonly actor?: Actor;
}

const SANE_ID = /^[\w.-]{8,128}$/;

/** The client's own request id when it is a sane one, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}

const scopes = new WeakMap<IncomingMessage, RequestScope>();

export function scopeOf(request: IncomingMessage): RequestScope {
  const scope = scopes.get(request);
  if (!scope) throw new Error('The request was not opened by openScope.');
  return scope;
}

/** Binds the actor, once known, to the request and to its log lines. */
export function setActor(request: IncomingMessage, actor: Actor): void {
  const scope = scopeOf(request);
  const logger = scope.logger.child({ tenantId: actor.tenantId, keyId: actor.keyId });
  scopes.set(request, { ...scope, logger, actor });
}

/** Gives the request its id and writes one access line at its end: no header, key, query or variable is in it. */
export const openScope =
  (logger: Logger, options: { readonly hideSuggestions: boolean }): RequestHandler =>
  (request, response, next) => {
    const requestId = requestIdOf(request);
    const startedAt = performance.now();
    scopes.set(request, { requestId, logger: logger.child({ requestId }), hideSuggestions: options.hideSuggestions });
    response.setHeader('x-request-id', requestId);
    const { method, path } = request;
    response.once('close', () => {
      const line = { method, path, status: response.statusCode, ms: Math.round(performance.now() - startedAt) };
      const log = scopeOf(request).logger;
      if (path === '/livez' || path === '/readyz') log.debug(line, 'request');
      else log.info(response.writableFinished ? line : { ...line, aborted: true }, 'request');
    });
    next();
  };
