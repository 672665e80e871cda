import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { AnswerBounds } from '../graphql/answer-bounds.js';
import { DocumentPreparer } from '../graphql/document-preparer.js';
import { HotOperations } from '../graphql/hot-operations.js';
import { PersistedDocuments } from '../graphql/persisted-documents.js';
import type { TenantQuota } from '../graphql/quota.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import { createApollo } from './apollo.js';
import { createApp } from './app.js';
import type { FindArtifact } from './artifact-download.js';
import { refuseUpgrade } from './answer-error.js';
import { GraphQLSockets } from './graphql-sockets.js';
import { listen, stopListening } from './listening.js';
import type { Readiness } from './health.js';

export interface TriagedServerOptions {
  readonly schema: GraphQLSchema;
  /** How much its answers may hold where no argument says so. */
  readonly bounds: AnswerBounds;
  /** The holder of a key, or undefined; called for every request, so it answers from memory. */
  readonly authenticate: (apiKey: string) => Actor | undefined;
  readonly readiness: () => Promise<Readiness>;
  /** Origins beside our own whose pages may open sockets, e.g. `https://dashboard.example.com`. */
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
  readonly isProduction: boolean;
  /** Without it there is no quota. */
  readonly rateLimit?: TenantQuota;
  /** Documents that clients may name by their hash; none unless given. */
  readonly persisted?: PersistedDocuments;
  /** Where `scripts/build-dashboard.mjs` puts the dashboard; it may be missing. */
  readonly dashboardDirectory: string;
  /** Where `scripts/build-playground.mjs` puts GraphiQL; it may be missing. */
  readonly playgroundDirectory: string;
  /** How often sockets are asked whether they are alive; tests do not wait as long. */
  readonly pingEveryMs?: number;
  /** Without it no artifact is served. */
  readonly findArtifact?: FindArtifact;
  /** What other servers may ask; nothing unless given. */
  readonly peers?: RequestHandler;
  /** Sees each HTTP request as it comes. */
  readonly observe?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface TriagedServer {
  readonly httpServer: Server;
  /** Rejects when the address cannot be had. Port 0 takes any; the answer says which. */
  listen(host: string, port: number): Promise<{ readonly port: number }>;
  /** Sockets and the subscriptions on them that are open now. */
  open(): { readonly sockets: number; readonly subscriptions: number };
  /** Readiness fails from now on; everything is served as before. */
  drain(): void;
  /**
   * In order: readiness fails, no connection is accepted, sockets close with 1001 and their subscriptions return, requests
   * under way end, Apollo stops. What outlives the deadline is cut off. A second call waits for the first.
   */
  close(deadlineMs: number): Promise<void>;
}

/** One HTTP server for GraphQL over HTTP and sockets, health, the dashboard and the playground. It does not listen yet. */
export async function createTriagedServer(options: TriagedServerOptions): Promise<TriagedServer> {
  const { schema, bounds, authenticate, allowedOrigins, logger, isProduction, rateLimit: tenantQuota } = options;
  const persisted = options.persisted ?? new PersistedDocuments({});
  let draining = false;
  let closing: Promise<void> | undefined;
  const isDraining = (): boolean => draining;
  const isClosing = (): boolean => closing !== undefined;

  const served = { schema, bounds };
  const documents = new DocumentPreparer(schema, (text) => persisted.has(text));
  const apollo = createApollo({ served, logger, isProduction });
  await apollo.start();
  const graphql = { served, documents, persisted, operations: new HotOperations(schema), apollo };
  const app = createApp({ ...options, tenantQuota, graphql, isDraining, isClosing });
  const sockets = new GraphQLSockets({
    served,
    documents,
    authenticate,
    allowedOrigins,
    tenantQuota,
    logger,
    hideSuggestions: isProduction,
    pingEveryMs: options.pingEveryMs,
  });
  const httpServer = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    options.observe?.(request, response);
    app(request, response);
  });
  httpServer.on('upgrade', (request, socket, head) => {
    const path = request.url?.split('?')[0];
    if (isClosing()) refuseUpgrade(socket, new TriagedError('SERVICE_UNAVAILABLE', 'The server is shutting down.'));
    else if (path !== '/graphql') refuseUpgrade(socket, new TriagedError('NOT_FOUND', 'Sockets are at /graphql.'));
    else sockets.upgrade(request, socket, head);
  });

  const shutDown = async (deadlineMs: number): Promise<void> => {
    const ended = stopListening(httpServer, deadlineMs);
    await sockets.close(deadlineMs);
    await ended;
    await apollo.stop();
  };

  return {
    httpServer,
    listen: (host, port) => listen(httpServer, host, port),
    open: () => sockets.open(),
    drain: () => void (draining = true),
    close(deadlineMs) {
      draining = true;
      return (closing ??= Promise.resolve().then(() => shutDown(deadlineMs)));
    },
  };
}
