import { ApolloServer } from '@apollo/server';
import type { ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import type { Logger } from 'pino';
import { admitOperation } from '../graphql/admission.js';
import { formatError, httpOutcome } from '../graphql/error-format.js';
import type { Answerable } from '../graphql/operation-complexity.js';
import type { GraphQLContext } from '../kernel/graphql-context.js';
import { currentRequest } from './graphql-handler.js';
import type { GraphQLRequest } from './graphql-handler.js';

function presentRequest(): GraphQLRequest {
  const request = currentRequest.getStore();
  if (!request) throw new Error('A GraphQL request was served outside its handler.');
  return request;
}

/** Stands where a refused document would: it is never executed. */
const REFUSED: DocumentNode = parse('{ __typename }');

/**
 * Apollo asks its document store before it parses and validates. It is given the document that passed the gate which
 * sockets use too, so it does neither; a refused one is answered before execution.
 */
const preparedDocuments = {
  get: async (): Promise<DocumentNode> => {
    const { prepared } = presentRequest();
    return prepared && 'document' in prepared ? prepared.document : REFUSED;
  },
  set: async (): Promise<void> => undefined,
  delete: async (): Promise<boolean> => false,
};

/** Prepares the document, takes the operation's points, and answers what is refused; execution comes after. */
const gatePlugin = (served: Answerable): ApolloServerPlugin<GraphQLContext> => ({
  requestDidStart: async ({ request: { query, operationName } }) => {
    const present = presentRequest();
    if (query !== undefined && query !== '') present.prepared = present.prepare(query, operationName);
    return {
      didResolveOperation: async ({ request: { operationName, variables } }) => {
        const { prepared, quota } = presentRequest();
        // Of a document that has no such operation, execution will say so.
        if (prepared && 'document' in prepared) {
          await admitOperation(served, { document: prepared.document, operationName, variables }, quota);
        } else await quota.settle();
      },
      responseForOperation: async ({ response }) => {
        const { prepared, scope } = presentRequest();
        if (!prepared || 'document' in prepared) return null;
        const errors = prepared.faults.map((fault) => formatError(fault, scope));
        return { http: response.http, body: { kind: 'single', singleResult: { errors } } };
      },
    };
  },
});

/** The status of the first error when nothing succeeded, and `Retry-After` when it says when to come back. */
const statusPlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response }) => {
      if (response.body.kind !== 'single') return;
      const { status, retryAfter } = httpOutcome(response.body.singleResult);
      // 405 and the like, which Apollo sets, are more exact than our 400.
      if (status !== 400 || !isClientError(response.http.status)) response.http.status = status;
      if (retryAfter) response.http.headers.set('retry-after', retryAfter);
    },
  }),
};

const isClientError = (status: number | undefined): boolean => status !== undefined && status >= 400 && status < 500;

/** GraphQL over HTTP. Its process-wide habits (signals, landing page, stack traces) are off: we close in our own order. */
export const createApollo = (options: {
  readonly served: Answerable;
  readonly logger: Logger;
  readonly isProduction: boolean;
}): ApolloServer<GraphQLContext> =>
  new ApolloServer<GraphQLContext>({
    schema: options.served.schema,
    logger: options.logger,
    nodeEnv: options.isProduction ? 'production' : 'development',
    introspection: true, // for holders of a key, as everything here
    hideSchemaDetailsFromClientErrors: options.isProduction,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    documentStore: preparedDocuments,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(), // it would wrap every field of the schema
      gatePlugin(options.served),
      statusPlugin,
    ],
    formatError: (_formatted, error) => formatError(error, presentRequest().scope),
  });
