import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { reportJsonSchema } from '../features/reports/index.js';
import type { TenantQuota } from '../graphql/quota.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import { answerError } from './answer-error.js';
import { artifactDownload } from './artifact-download.js';
import type { FindArtifact } from './artifact-download.js';
import { clientAddressOf } from './client-address.js';
import { answerGraphQLError, graphqlHandler, openQuota, spendPoint } from './graphql-handler.js';
import type { GraphQLHandlerParts } from './graphql-handler.js';
import { dashboard } from './dashboard.js';
import { livez, readyz } from './health.js';
import type { Readiness } from './health.js';
import { playground } from './playground.js';
import { openScope, setActor, unauthenticated } from './request-scope.js';
import { apiHeaders } from './security-headers.js';

/** Room for the largest incident (256 KiB) after JSON has escaped it. */
export const MAX_BODY_BYTES = 512 * 1024;

export interface AppOptions {
  readonly graphql: GraphQLHandlerParts;
  readonly tenantQuota: TenantQuota | undefined;
  readonly authenticate: (apiKey: string) => Actor | undefined;
  readonly readiness: () => Promise<Readiness>;
  /** Whether readiness is to fail. */
  readonly isDraining: () => boolean;
  /** Whether requests are to be refused. */
  readonly isClosing: () => boolean;
  readonly logger: Logger;
  readonly isProduction: boolean;
  readonly dashboardDirectory: string;
  readonly playgroundDirectory: string;
  readonly findArtifact?: FindArtifact;
  /** What other servers may ask; nothing unless given. */
  readonly peers?: RequestHandler;
}

const refuseWhileClosing =
  (isClosing: () => boolean): RequestHandler =>
  (_request, response, next) => {
    if (!isClosing()) {
      next();
      return;
    }
    response.set('connection', 'close');
    throw new TriagedError('SERVICE_UNAVAILABLE', 'The server is shutting down. Try again shortly.', {
      retryAfterSeconds: 5,
    });
  };

/** Before anything of the request is read, introspection included. */
const requireKey =
  (authenticate: AppOptions['authenticate']): RequestHandler =>
  (request, _response, next) => {
    const key = request.headers['x-api-key'];
    const actor = typeof key === 'string' ? authenticate(key) : undefined;
    if (!actor) throw unauthenticated();
    setActor(request, { ...actor, clientAddress: clientAddressOf(request) });
    next();
  };

/** Everything that is spoken over plain HTTP. */
export function createApp(options: AppOptions): Express {
  const { graphql, tenantQuota, authenticate, readiness, isDraining, isClosing, logger } = options;
  const { isProduction, dashboardDirectory, playgroundDirectory } = options;
  const onError: ErrorRequestHandler = (error, request, response, _next) =>
    answerError(request, response, error, 'json');

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(openScope(logger, { hideSuggestions: isProduction }), apiHeaders);
  app.get('/livez', livez);
  app.get('/readyz', readyz(readiness, isDraining));
  app.all(
    '/graphql',
    refuseWhileClosing(isClosing),
    requireKey(authenticate),
    openQuota(tenantQuota),
    express.json({ limit: MAX_BODY_BYTES }),
    graphqlHandler(graphql),
  );
  app.use('/graphql', answerGraphQLError);
  if (options.peers) app.use('/peer', options.peers);
  if (options.findArtifact) {
    app.get(
      '/runs/:id/artifacts/*name',
      refuseWhileClosing(isClosing),
      requireKey(authenticate),
      openQuota(tenantQuota),
      spendPoint,
      artifactDownload(options.findArtifact),
    );
  }
  const reportSchema = reportJsonSchema();
  app.get('/schema/triage-report.schema.json', (_request, response) => void response.json(reportSchema));
  app.use('/playground', playground(playgroundDirectory));
  app.use(dashboard(dashboardDirectory));
  app.use((request) => {
    throw new TriagedError('NOT_FOUND', `There is nothing at ${request.path.slice(0, 200)}. The API is at /graphql.`);
  });
  app.use(onError);
  return app;
}
