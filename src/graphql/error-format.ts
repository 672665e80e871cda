import { GraphQLError, Kind } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { isDatabaseUnavailable } from '../kernel/database-errors.js';
import { errorForLog } from '../kernel/error-for-log.js';
import { ERROR_CODES } from '../kernel/error-codes.js';
import { badUserInput, TriagedError } from '../kernel/errors.js';
import type { ErrorDetails } from '../kernel/errors.js';
import { withoutValues } from './value-free.js';

/** Where an error happened: given back with what is masked, and logged beside it. */
export interface ErrorScope {
  readonly requestId: string;
  readonly logger: Logger;
  /** Leaves graphql-js's "Did you mean …?" out, which tells names of the schema. */
  readonly hideSuggestions: boolean;
}

const RETRY_AFTER_SECONDS = 5;
const MAX_MESSAGE = 500;
const MAX_LOCATIONS = 10;

/** The error under graphql-js's wrapping. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Of what graphql-js says, only the path and the rule are kept. */
function variableError(error: GraphQLError): TriagedError | undefined {
  const [node] = error.nodes ?? [];
  if (error.nodes?.length !== 1 || node?.kind !== Kind.VARIABLE_DEFINITION || error.path) return undefined;
  const name = node.variable.name.value;
  const rule = error.originalError?.message;
  if (rule === undefined) return badUserInput(name, withoutValues(error.message));
  const prefix = error.message.slice(0, -rule.length - '; '.length);
  const path = / at "([^"]*)"$/.exec(prefix)?.[1] ?? name;
  const cause = causeOf(error);
  if (cause instanceof TriagedError) return new TriagedError(cause.code, cause.message, { path, ...cause.details });
  return badUserInput(path, `The variable ${path} is not valid: ${withoutValues(rule)}`);
}

/** Errors of graphql-js and Apollo about the request itself: malformed, not in the schema, over a limit, not allowed. */
function requestError(error: GraphQLError, cause: unknown): TriagedError | undefined {
  if (!(cause instanceof GraphQLError) || cause.extensions.code === 'INTERNAL_SERVER_ERROR') return undefined;
  if (!error.path) return new TriagedError('BAD_REQUEST', withoutValues(error.message));
  // Arguments are coerced while fields are executed; such errors point at the document, those of resolvers do not.
  return cause.nodes ? badUserInput(error.path.join('.'), withoutValues(cause.message)) : undefined;
}

/** What a client may learn of any error, and what is logged: the one place where errors become answers. */
export function toClientError(error: unknown, scope: ErrorScope): TriagedError {
  const cause = causeOf(error);
  if (error instanceof GraphQLError) {
    const known = variableError(error) ?? (cause instanceof TriagedError ? undefined : requestError(error, cause));
    if (known) return known;
  }
  if (cause instanceof TriagedError) {
    if (cause.httpStatus >= 500) scope.logger.warn({ err: errorForLog(cause), code: cause.code }, 'request failed');
    return cause;
  }
  if (isDatabaseUnavailable(cause)) {
    scope.logger.warn({ err: errorForLog(cause) }, 'the database does not answer');
    return new TriagedError('SERVICE_UNAVAILABLE', 'The database does not answer. Try again shortly.', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  scope.logger.error({ err: errorForLog(cause) }, 'unexpected error');
  return new TriagedError(
    'INTERNAL',
    `Something went wrong on our side. Report it with the request id ${scope.requestId}.`,
    {
      requestId: scope.requestId,
    },
  );
}

const withoutSuggestion = (message: string): string => message.replace(/ ?Did you mean .+\?$/s, '');

/** An entry of `errors` in a GraphQL answer. */
export function formatError(error: unknown, scope: ErrorScope): GraphQLFormattedError {
  const { code, message, details } = toClientError(error, scope);
  const { locations, path } = error instanceof GraphQLError ? error.toJSON() : {};
  const text = scope.hideSuggestions && code === 'BAD_REQUEST' ? withoutSuggestion(message) : message;
  return {
    message: text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text,
    ...(locations && { locations: locations.slice(0, MAX_LOCATIONS) }),
    ...(path && { path }),
    extensions: { code, error_code: code, details },
  };
}

/** The body of an answer that is not GraphQL. */
export const errorBody = ({ code, message, details }: TriagedError) => ({ error_code: code, message, details });

/** The value of `Retry-After`, for errors that say when to come back. */
export const retryAfter = (details: ErrorDetails): string | undefined =>
  typeof details.retryAfterSeconds === 'number' ? String(Math.max(1, Math.ceil(details.retryAfterSeconds))) : undefined;

/** The status that an entry of `errors` stands for. */
const statusOf = ({ extensions }: GraphQLFormattedError): number =>
  Object.entries(ERROR_CODES).find(([code]) => code === extensions?.code)?.[1].status ?? 500;

/** A GraphQL answer, as far as its HTTP status depends on it. */
interface Result {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

/**
 * The HTTP status of a GraphQL answer: that of its first error when nothing succeeded, 200 for partial data. A root field
 * failed when it is null and an error begins with its name.
 */
function statusOfAnswer(result: Result): number {
  const [first] = result.errors ?? [];
  if (!first) return 200;
  const failed = new Set(result.errors?.map((error) => error.path?.[0]));
  const fields = Object.entries(result.data ?? {});
  return fields.every(([name, value]) => value === null && failed.has(name)) ? statusOf(first) : 200;
}

/** The status of a GraphQL answer and, for a failure that says when to come back, the value of its `Retry-After`. */
export function httpOutcome(result: Result): { readonly status: number; readonly retryAfter: string | undefined } {
  const status = statusOfAnswer(result);
  const details = result.errors?.[0]?.extensions?.details as ErrorDetails | undefined;
  return { status, retryAfter: status === 200 ? undefined : retryAfter(details ?? {}) };
}
