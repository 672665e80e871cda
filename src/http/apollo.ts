import { ApolloServer } from '@apollo/server';
import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { formatError, httpStatus, retryAfter } from '../graphql/error-format.js';
import { operationCost } from '../graphql/operation-cost.js';
import { parseOptions, validationRules } from '../graphql/operation-limits.js';
import { enforceQuota, quotaHeaders } from '../graphql/quota.js';
import type { TakeQuota } from '../graphql/quota.js';
import type { ErrorDetails } from '../kernel/errors.js';
import type { GraphQLContext } from '../kernel/graphql-context.js';
import { currentScope } from './request-scope.js';

/** Takes the operation's points before it is executed. */
const quotaPlugin = (takeQuota: TakeQuota | undefined): ApolloServerPlugin<GraphQLContext> => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ document, request, contextValue, response }) => {
      // No cost: there is no such operation, and execution will say so.
      const points = operationCost(document, request.operationName) ?? 0;
      await enforceQuota(takeQuota, contextValue.actor, points, (decision) => {
        for (const [name, value] of quotaHeaders(decision)) response.http.headers.set(name, value);
      });
    },
  }),
});

/** The status of the first error when nothing succeeded, and `Retry-After` when it says when to come back. */
const statusPlugin: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response }) => {
      if (response.body.kind !== 'single') return;
      const result = response.body.singleResult;
      const status = httpStatus(result);
      // 405 and the like, which Apollo sets, are more exact than our 400.
      if (status !== 400 || !isClientError(response.http.status)) response.http.status = status;
      const details = result.errors?.[0]?.extensions?.details as ErrorDetails | undefined;
      const wait = status === 200 ? undefined : retryAfter(details ?? {});
      if (wait) response.http.headers.set('retry-after', wait);
    },
  }),
};

const isClientError = (status: number | undefined): boolean => status !== undefined && status >= 400 && status < 500;

/** GraphQL over HTTP. Its process-wide habits (signals, landing page, stack traces) are off: we close in our own order. */
export const createApollo = (options: {
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
  readonly isProduction: boolean;
  readonly takeQuota: TakeQuota | undefined;
}): ApolloServer<GraphQLContext> =>
  new ApolloServer<GraphQLContext>({
    schema: options.schema,
    logger: options.logger,
    nodeEnv: options.isProduction ? 'production' : 'development',
    introspection: true, // for holders of a key, as everything here
    hideSchemaDetailsFromClientErrors: options.isProduction,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions,
    validationRules: [...validationRules],
    plugins: [ApolloServerPluginLandingPageDisabled(), quotaPlugin(options.takeQuota), statusPlugin],
    formatError: (_formatted, error) => {
      const scope = currentScope.getStore();
      if (!scope) throw new Error('A GraphQL request was served outside a request scope.');
      return formatError(error, scope);
    },
  });
