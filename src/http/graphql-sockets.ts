import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { execute, GraphQLError } from 'graphql';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import type { Context, SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { admitOperation, quotaGate } from '../graphql/admission.js';
import { asGraphQLError } from '../graphql/document-preparer.js';
import type { DocumentPreparer } from '../graphql/document-preparer.js';
import { formatError } from '../graphql/error-format.js';
import type { Answerable } from '../graphql/operation-complexity.js';
import { RequestQuota } from '../graphql/quota.js';
import type { TenantQuota } from '../graphql/quota.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import type { GraphQLContext } from '../kernel/graphql-context.js';
import type { TenantId } from '../kernel/ids.js';
import { inTenant } from '../kernel/tenant-scope.js';
import { refuseUpgrade } from './answer-error.js';
import { clientAddressOf } from './client-address.js';
import { isAllowedOrigin } from './origins.js';
import { requestIdOf } from './request-scope.js';
import { SharedAnswers } from './shared-answers.js';
import { endSocket, SocketConnections } from './socket-connections.js';
import type { SocketExtra } from './socket-connections.js';
import { SocketOutlet } from './socket-outlet.js';
import { subscribeOnSocket, tenantOf } from './socket-subscribe.js';
import type { SocketOperation } from './socket-subscribe.js';

/** Larger messages close the socket with 1009; what needs more room goes over HTTP. */
export const MAX_SOCKET_MESSAGE_BYTES = 64 * 1024;

/** Keys expire by the clock and are revoked elsewhere: within a second of either, sockets that hang on them end. */
const CHECK_KEYS_EVERY_MS = 1_000;
/** Whoever has no key holds no more of our memory than so many sockets, each until graphql-ws gives its greeting up. */
export const MAX_WAITING_SOCKETS = 512;
/** And from one address no more than so many, so that one alone cannot shut the others out. */
export const MAX_WAITING_PER_ADDRESS = 128;
const MAX_SOCKETS_PER_TENANT = 500;
const TRY_AGAIN_LATER = 1013;
/** Subscriptions live as long as their runs: without a bound a quota's worth would be added every minute. */
const MAX_OPERATIONS_PER_SOCKET = 100;

const tooManyOperations = (): TriagedError =>
  new TriagedError(
    'RATE_LIMITED',
    `A socket may have at most ${MAX_OPERATIONS_PER_SOCKET} operations open: complete some, or open another socket.`,
    { limit: MAX_OPERATIONS_PER_SOCKET },
  );

export interface GraphQLSocketOptions {
  readonly served: Answerable;
  readonly documents: DocumentPreparer;
  readonly authenticate: (apiKey: string) => Actor | undefined;
  readonly allowedOrigins: readonly string[];
  readonly tenantQuota: TenantQuota | undefined;
  readonly logger: Logger;
  readonly hideSuggestions: boolean;
  readonly pingEveryMs?: number | undefined;
}

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

/** graphql-transport-ws on `/graphql`, with the same rules, quota and masking of errors as over HTTP. */
export class GraphQLSockets {
  readonly #sockets: WebSocketServer;
  readonly #connections: SocketConnections;
  readonly #keyCheck: NodeJS.Timeout;

  constructor(private readonly options: GraphQLSocketOptions) {
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_SOCKET_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols,
    });
    const answers = new SharedAnswers();
    const server = makeServer<Record<string, unknown>, SocketExtra>({
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, id, payload) => this.#prepare(context, id, payload),
      execute: (args) => inTenant(tenantOf(args), () => execute(args)),
      subscribe: (args) => subscribeOnSocket(args as SocketOperation, answers),
      onNext: ({ extra }, _id, _payload, _args, result) => {
        const { data, extensions, errors } = result;
        if (!errors) return;
        return {
          ...(data !== undefined && { data }),
          ...(extensions && { extensions }),
          errors: errors.map((error) => formatError(error, extra.scope)),
        };
      },
      onError: ({ extra }, _id, _payload, errors) => errors.map((error) => formatError(error, extra.scope)),
    });
    this.#connections = new SocketConnections(server, options.pingEveryMs);
    this.#keyCheck = setInterval(() => this.#endUnauthorized(), CHECK_KEYS_EVERY_MS);
    this.#keyCheck.unref();
  }

  /** Takes over a request for an upgrade, or answers why not. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isAllowedOrigin(request, this.options.allowedOrigins)) {
      refuseUpgrade(
        socket,
        new TriagedError(
          'FORBIDDEN',
          'Sockets from this origin are not allowed; the operator lists origins in ALLOWED_ORIGINS.',
        ),
      );
      return;
    }
    const header = request.headers['x-api-key'];
    const apiKeyHeader = typeof header === 'string' ? header : undefined;
    const clientAddress = clientAddressOf(request);
    const announced = apiKeyHeader === undefined ? undefined : this.options.authenticate(apiKeyHeader);
    const full = announced ? this.#fullFor(announced.tenantId) : this.#fullOfStrangers(clientAddress);
    if (full !== undefined) {
      refuseUpgrade(socket, new TriagedError('SERVICE_UNAVAILABLE', full, { retryAfterSeconds: 5 }));
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const requestId = requestIdOf(request);
      const { logger, hideSuggestions } = this.options;
      const gone = new AbortController();
      webSocket.once('close', () => gone.abort(new Error('the client went away')));
      this.#connections.open({
        socket: webSocket,
        outlet: new SocketOutlet(webSocket, socket),
        apiKeyHeader,
        clientAddress,
        announced,
        gone: gone.signal,
        scope: { requestId, logger: logger.child({ requestId }), hideSuggestions },
      });
    });
  }

  /** What is open now. */
  open(): { readonly sockets: number; readonly subscriptions: number } {
    const all = this.#connections.all();
    const subscriptions = all.reduce((sum, { operations }) => sum + (operations?.() ?? 0), 0);
    return { sockets: all.length, subscriptions };
  }

  /** Closes every socket with 1001 and waits until its subscriptions have ended; what does not answer is cut off. */
  close(graceMs: number): Promise<void> {
    clearInterval(this.#keyCheck);
    this.#sockets.close();
    return this.#connections.close(graceMs);
  }

  /** Why the tenant may open no more sockets. */
  #fullFor(tenantId: TenantId, besides?: SocketExtra): string | undefined {
    const open = this.#connections
      .all()
      .filter((each) => each !== besides && (each.scope.actor ?? each.announced)?.tenantId === tenantId);
    return open.length < MAX_SOCKETS_PER_TENANT
      ? undefined
      : `At most ${MAX_SOCKETS_PER_TENANT} sockets of a tenant are open at once`;
  }

  /** Why nobody, or nobody at this address, may open a socket without a key. */
  #fullOfStrangers(clientAddress: string | undefined): string | undefined {
    const waiting = this.#connections.all().filter(({ scope, announced }) => !scope.actor && !announced);
    const here = waiting.filter((each) => each.clientAddress === clientAddress);
    return waiting.length < MAX_WAITING_SOCKETS && here.length < MAX_WAITING_PER_ADDRESS
      ? undefined
      : 'Too many sockets wait for their first message. Try again shortly, or send x-api-key with the upgrade.';
  }

  #connect({ connectionParams, extra, subscriptions }: SocketContext): boolean {
    extra.operations = () => Object.keys(subscriptions).length;
    const given = connectionParams?.['X-API-KEY'] ?? connectionParams?.['x-api-key'] ?? extra.apiKeyHeader;
    const actor = this.#actorOf(extra, typeof given === 'string' ? given : undefined);
    if (!actor || typeof given !== 'string') return false;
    const { tenantId, keyId } = actor;
    const full = this.#fullFor(tenantId, extra);
    if (full !== undefined) {
      endSocket(extra, TRY_AGAIN_LATER, full);
      return false;
    }
    extra.apiKey = given;
    extra.scope = { ...extra.scope, actor, logger: extra.scope.logger.child({ tenantId, keyId }) };
    extra.scope.logger.info('socket connected');
    return true;
  }

  /** Closes with 4401 when the key is not, or no longer, valid: it is looked up again for each operation. */
  #actorOf(extra: SocketExtra, apiKey: string | undefined): Actor | undefined {
    const actor = apiKey === undefined ? undefined : this.options.authenticate(apiKey);
    if (!actor) endSocket(extra, CloseCode.Unauthorized, 'Send a valid API key as connectionParams["X-API-KEY"]');
    return actor && { ...actor, clientAddress: extra.clientAddress };
  }

  /** Ends the sockets whose key was revoked, has expired, or stands for another tenant or role than when they opened. */
  #endUnauthorized(): void {
    const holders = new Map<string, Actor | undefined>();
    for (const extra of this.#connections.all()) {
      const { apiKey, scope } = extra;
      if (apiKey === undefined || !scope.actor) continue;
      if (!holders.has(apiKey)) holders.set(apiKey, this.options.authenticate(apiKey));
      const holder = holders.get(apiKey);
      if (!holder) endSocket(extra, CloseCode.Unauthorized, 'The API key is no longer valid');
      else if (holder.role !== scope.actor.role || holder.tenantId !== scope.actor.tenantId)
        endSocket(extra, CloseCode.Forbidden, 'The API key has changed: connect again');
    }
  }

  async #prepare(
    { extra, subscriptions }: SocketContext,
    id: string,
    payload: SubscribePayload,
  ): Promise<SocketOperation | readonly GraphQLError[]> {
    const actor = this.#actorOf(extra, extra.apiKey);
    if (!actor) return [new GraphQLError('The API key is no longer valid.')];
    if (Object.keys(subscriptions).length > MAX_OPERATIONS_PER_SOCKET) return [asGraphQLError(tooManyOperations())];
    const { served, documents, tenantQuota } = this.options;
    const quota = new RequestQuota(tenantQuota, actor);
    const { query, operationName, variables } = payload;
    try {
      const prepared = documents.prepare(query, quotaGate(quota, operationName));
      if ('faults' in prepared) {
        await quota.settle();
        return prepared.faults;
      }
      const { document } = prepared;
      if (!(await admitOperation(served, { document, operationName, variables }, quota)))
        return [new GraphQLError('The document has no operation of this name, or has several and none is named.')];
      const { requestId, logger } = extra.scope;
      const contextValue: GraphQLContext = { actor, requestId, logger, signal: extra.gone };
      const { outlet } = extra;
      return { schema: served.schema, document, operationName, variableValues: variables, contextValue, id, outlet };
    } catch (error) {
      return [asGraphQLError(error)];
    }
  }
}
