import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, parse, specifiedRules, validate } from 'graphql';
import type { ExecutionArgs, GraphQLSchema } from 'graphql';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import type { Context, SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { formatError } from '../graphql/error-format.js';
import { operationCost } from '../graphql/operation-cost.js';
import { parseOptions, validationRules } from '../graphql/operation-limits.js';
import { enforceQuota } from '../graphql/quota.js';
import type { TakeQuota } from '../graphql/quota.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import type { GraphQLContext } from '../kernel/graphql-context.js';
import { refuseUpgrade } from './answer-error.js';
import { isAllowedOrigin } from './origins.js';
import { requestIdOf } from './request-scope.js';
import { SocketConnections } from './socket-connections.js';
import type { SocketExtra } from './socket-connections.js';

/** Larger messages close the socket with 1009; what needs more room goes over HTTP. */
export const MAX_SOCKET_MESSAGE_BYTES = 64 * 1024;

export interface GraphQLSocketOptions {
  readonly schema: GraphQLSchema;
  readonly authenticate: (apiKey: string) => Actor | undefined;
  readonly allowedOrigins: readonly string[];
  readonly takeQuota: TakeQuota | undefined;
  readonly logger: Logger;
  readonly hideSuggestions: boolean;
}

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

/** graphql-transport-ws on `/graphql`, with the same rules, quota and masking of errors as over HTTP. */
export class GraphQLSockets {
  readonly #sockets: WebSocketServer;
  readonly #connections: SocketConnections;

  constructor(private readonly options: GraphQLSocketOptions) {
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_SOCKET_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols,
    });
    const server = makeServer<Record<string, unknown>, SocketExtra>({
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, _id, payload) => this.#prepare(context, payload),
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
    this.#connections = new SocketConnections(server);
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
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const requestId = requestIdOf(request);
      const { logger, hideSuggestions } = this.options;
      const header = request.headers['x-api-key'];
      this.#connections.open({
        socket: webSocket,
        apiKeyHeader: typeof header === 'string' ? header : undefined,
        scope: { requestId, logger: logger.child({ requestId }), hideSuggestions },
      });
    });
  }

  /** Closes every socket with 1001 and waits until its subscriptions have ended; what does not answer is cut off. */
  close(graceMs: number): Promise<void> {
    this.#sockets.close();
    return this.#connections.close(graceMs);
  }

  #connect({ connectionParams, extra }: SocketContext): boolean {
    const given = connectionParams?.['X-API-KEY'] ?? connectionParams?.['x-api-key'] ?? extra.apiKeyHeader;
    const actor = this.#actorOf(extra, typeof given === 'string' ? given : undefined);
    if (!actor || typeof given !== 'string') return false;
    const { tenantId, keyId } = actor;
    extra.apiKey = given;
    extra.scope = { ...extra.scope, actor, logger: extra.scope.logger.child({ tenantId, keyId }) };
    extra.scope.logger.info('socket connected');
    return true;
  }

  /** Closes with 4401 when the key is not, or no longer, valid: it is looked up again for each operation. */
  #actorOf(extra: SocketExtra, apiKey: string | undefined): Actor | undefined {
    const actor = apiKey === undefined ? undefined : this.options.authenticate(apiKey);
    if (!actor) extra.socket.close(CloseCode.Unauthorized, 'Send a valid API key as connectionParams["X-API-KEY"]');
    return actor;
  }

  async #prepare(
    { extra }: SocketContext,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const actor = this.#actorOf(extra, extra.apiKey);
    if (!actor) return [new GraphQLError('The API key is no longer valid.')];
    const { schema, takeQuota } = this.options;
    try {
      const document = parse(payload.query, parseOptions);
      const faults = validate(schema, document, [...specifiedRules, ...validationRules]);
      if (faults.length > 0) return faults;
      const points = operationCost(document, payload.operationName);
      if (points === undefined)
        return [new GraphQLError('The document has no operation of this name, or has several and none is named.')];
      await enforceQuota(takeQuota, actor, points);
      const { requestId, logger } = extra.scope;
      const contextValue: GraphQLContext = { actor, requestId, logger };
      return {
        schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue,
      };
    } catch (error) {
      return [asGraphQLError(error)];
    }
  }
}

const asGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('The operation was refused.', { originalError: error instanceof Error ? error : null });
