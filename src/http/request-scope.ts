import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ErrorScope } from '../graphql/error-format.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';

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

/** With the logger that all requests share. */
const scopes = new WeakMap<IncomingMessage, { readonly base: Logger; readonly scope: RequestScope }>();

function opened(request: IncomingMessage): { readonly base: Logger; readonly scope: RequestScope } {
  const found = scopes.get(request);
  if (!found) throw new Error('The request was not opened by openScope.');
  return found;
}

export const scopeOf = (request: IncomingMessage): RequestScope => opened(request).scope;

export const unauthenticated = (): TriagedError =>
  new TriagedError('UNAUTHENTICATED', 'Send a valid API key in the header x-api-key.');

/** Whose key the request bears; throws UNAUTHENTICATED when it was not asked for one. */
export function actorOf(request: IncomingMessage): Actor {
  const { actor } = scopeOf(request);
  if (!actor) throw unauthenticated();
  return actor;
}

interface ScopeOptions {
  readonly requestId: string;
  readonly hideSuggestions: boolean;
  readonly actor?: Actor;
}

/** What log lines of the request bear. */
const bindings = ({ requestId, actor }: ScopeOptions): object =>
  actor ? { requestId, tenantId: actor.tenantId, keyId: actor.keyId } : { requestId };

/** Most requests log nothing but their access line: a logger of their own is made when it is asked for. */
function newScope(base: Logger, options: ScopeOptions): RequestScope {
  let logger: Logger | undefined;
  return {
    ...options,
    get logger() {
      return (logger ??= base.child(bindings(options)));
    },
  };
}

/** Binds the actor, once known, to the request and to its log lines. */
export function setActor(request: IncomingMessage, actor: Actor): void {
  const { base, scope } = opened(request);
  const { requestId, hideSuggestions } = scope;
  scopes.set(request, { base, scope: newScope(base, { requestId, hideSuggestions, actor }) });
}

/** Gives the request its id and writes one access line at its end: no header, key, query or variable is in it. */
export const openScope =
  (base: Logger, { hideSuggestions }: { readonly hideSuggestions: boolean }): RequestHandler =>
  (request, response, next) => {
    const requestId = requestIdOf(request);
    const startedAt = performance.now();
    scopes.set(request, { base, scope: newScope(base, { requestId, hideSuggestions }) });
    response.setHeader('x-request-id', requestId);
    const { method, path } = request;
    response.once('close', () => {
      const ms = Math.round(performance.now() - startedAt);
      const line = { ...bindings(scopeOf(request)), method, path, status: response.statusCode, ms };
      if (path === '/livez' || path === '/readyz') base.debug(line, 'request');
      else base.info(response.writableFinished ? line : { ...line, aborted: true }, 'request');
    });
    next();
  };
