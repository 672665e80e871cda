/**
 * What is logged of an error: never the properties that libraries hang on it, because TypeORM's hold the statement's
 * parameters, Postgres' the failing row, and the pool's the connection. Other values are told by their type alone.
 */
export function errorForLog(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: errorForLog(error.cause) };
  const errors = error instanceof AggregateError ? { errors: error.errors.map(errorForLog) } : {};
  return { type: error.name, message: error.message, stack: error.stack, ...code, ...cause, ...errors };
}

/** For pino: errors as above, and what was made ready for the log before as it is. */
export const errorSerializers = {
  err: (value: unknown): unknown => (value instanceof Error ? errorForLog(value) : value),
};
