import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { HeaderMap } from '@apollo/server';
import type { ApolloServer, HTTPGraphQLResponse } from '@apollo/server';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { DocumentPreparer, PreparedDocument } from '../graphql/document-preparer.js';
import type { PersistedDocuments } from '../graphql/persisted-documents.js';
import { quotaHeaders, RequestQuota } from '../graphql/quota.js';
import type { TenantQuota } from '../graphql/quota.js';
import type { Actor } from '../kernel/actor.js';
import type { GraphQLContext } from '../kernel/graphql-context.js';
import { inTenant } from '../kernel/tenant-scope.js';
import { answerError } from './answer-error.js';
import { fastAnswer } from './fast-answer.js';
import type { FastAnswerParts } from './fast-answer.js';
import { preparingOnce } from './preparing-once.js';
import type { Prepare } from './preparing-once.js';
import { actorOf, scopeOf } from './request-scope.js';
import type { RequestScope } from './request-scope.js';

/** What Apollo's hooks have to know of the request that they serve, and are not told. */
export interface GraphQLRequest {
  readonly scope: RequestScope;
  readonly quota: RequestQuota;
  readonly prepare: Prepare;
  prepared?: PreparedDocument;
}

export const currentRequest = new AsyncLocalStorage<GraphQLRequest>();

const quotas = new WeakMap<IncomingMessage, RequestQuota>();

function quotaOf(request: IncomingMessage): RequestQuota {
  const quota = quotas.get(request);
  if (!quota) throw new Error('The request was not opened by openQuota.');
  return quota;
}

/** Binds the tenant's quota to an authenticated request; every answer from here on bears its headers. */
export const openQuota =
  (tenantQuota: TenantQuota | undefined): RequestHandler =>
  (request, response, next) => {
    const showDecision = (decision: Parameters<typeof quotaHeaders>[0]): void => {
      for (const [name, value] of quotaHeaders(decision)) response.setHeader(name, value);
    };
    quotas.set(request, new RequestQuota(tenantQuota, actorOf(request), showDecision));
    next();
  };

/** What is no operation costs a point as well, or is refused. */
export const spendPoint: RequestHandler = async (request, _response, next) => {
  await quotaOf(request).spend(1);
  next();
};

/** Apollo copies its own fields for each operation; getters stay with the class, so that few requests make a logger or a signal. */
class HttpContext implements GraphQLContext {
  constructor(
    readonly actor: Actor,
    private readonly scope: RequestScope,
    private readonly response: Response,
  ) {}

  get requestId(): string {
    return this.scope.requestId;
  }

  get logger(): Logger {
    return this.scope.logger;
  }

  get signal(): AbortSignal {
    return goneSignal(this.response);
  }
}

/** Also aborted once the answer is sent, when nobody listens any more. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => gone.abort(new Error('the client went away'));
  if (response.destroyed) leave();
  else response.once('close', leave);
  return gone.signal;
}

const contextOf = (request: Request, response: Response): GraphQLContext =>
  new HttpContext(actorOf(request), scopeOf(request), response);

export interface GraphQLHandlerParts extends FastAnswerParts {
  readonly documents: DocumentPreparer;
  readonly apollo: ApolloServer<GraphQLContext>;
}

/** Answers a request with a parsed body: compiled operations by ourselves, the rest by Apollo. */
export const graphqlHandler = (parts: GraphQLHandlerParts): RequestHandler => {
  const { apollo, documents, persisted } = parts;
  const answerFast = fastAnswer(parts);
  const answer = async (request: Request, response: Response, scope: RequestScope): Promise<void> => {
    const quota = quotaOf(request);
    const prepare = preparingOnce(documents, quota);
    if (await answerFast(request, response, { scope, quota, prepare, context: () => contextOf(request, response) }))
      return;
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const httpGraphQLRequest = {
      method: request.method.toUpperCase(),
      headers,
      search: request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '',
      body: request.body as unknown,
    };
    const answered = await currentRequest.run({ scope, quota, prepare }, () =>
      apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => contextOf(request, response) }),
    );
    // What Apollo refuses by itself (batches, CSRF, bodies that are no GraphQL request) was not asked for yet.
    await quota.settle();
    await send(response, answered);
  };
  return async (request, response) => {
    request.body = withText(persisted, request.body);
    await inTenant(actorOf(request).tenantId, () => answer(request, response, scopeOf(request)));
  };
};

/** A body that names its document gets the text; a hash beside a text says nothing more. */
function withText(persisted: PersistedDocuments, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { documentId, extensions, ...rest } = body as Readonly<Record<string, unknown>>;
  if (documentId === undefined && extensions === undefined) return body;
  const asked = rest.query === undefined || rest.query === '' ? persisted.textOf(body) : undefined;
  const others = withoutPersistedQuery(extensions);
  return { ...rest, ...(asked !== undefined && { query: asked }), ...(others !== undefined && { extensions: others }) };
}

function withoutPersistedQuery(extensions: unknown): unknown {
  if (typeof extensions !== 'object' || extensions === null || Array.isArray(extensions)) return extensions;
  const { persistedQuery: _said, ...others } = extensions as Readonly<Record<string, unknown>>;
  return Object.keys(others).length > 0 ? others : undefined;
}

async function send(response: Response, { status, headers, body }: HTTPGraphQLResponse): Promise<void> {
  response.statusCode = status ?? 200;
  for (const [name, value] of headers) response.setHeader(name, value);
  if (body.kind === 'complete') response.end(body.string);
  else {
    for await (const chunk of body.asyncIterator) response.write(chunk);
    response.end();
  }
}

/** Answers what failed before Apollo saw it; with an actor, that cost a point as well. */
export const answerGraphQLError: ErrorRequestHandler = async (error: unknown, request, response, _next) => {
  const reason = await (quotas.get(request)?.settle() ?? Promise.resolve()).then(
    () => error,
    (refusal: unknown) => refusal,
  );
  answerError(request, response, reason, 'graphql');
};
