/**
 * The error contract: every failure that a client may see bears one of these codes, in `extensions.code` and
 * `extensions.error_code` over GraphQL and in `error_code` of a JSON body elsewhere. The number is the HTTP status of a
 * response in which nothing succeeded.
 */
export const ERROR_STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  DUPLICATE_NAME: 400,
  TOOL_IN_USE: 400,
  INVALID_MODEL: 400,
  QUERY_TOO_COMPLEX: 400,
  INSTANCE_NOT_RUNNING: 400,
  AI_AGENT_NOT_CONFIGURED: 400,
  IDEMPOTENCY_CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  CREDENTIAL_UNREADABLE: 500,
  INTERNAL: 500,
  RUNTIME_UNAVAILABLE: 503,
  SERVICE_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What a client may know beyond code and message; never a secret, never a stack. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error that a client is meant to read: its message says what is wrong and what to do. */
export class TriagedError extends Error {
  override readonly name = 'TriagedError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get httpStatus(): number {
    return ERROR_STATUS[this.code];
  }
}

/** Input that broke a rule; `path` names the field as the client wrote it, e.g. `input.prompt`. */
export const badUserInput = (path: string, message: string, details: ErrorDetails = {}): TriagedError =>
  new TriagedError('BAD_USER_INPUT', message, { path, ...details });

export const notFound = (what: string, id: string): TriagedError =>
  new TriagedError('NOT_FOUND', `There is no ${what} with id ${id}.`, { id });

/** For another tenant's object: the id exists, and that is all the caller learns. */
export const forbidden = (what: string, id: string): TriagedError =>
  new TriagedError('FORBIDDEN', `The ${what} ${id} belongs to another tenant.`, { id });

/**
 * True for errors of Node's system calls with one of the given codes, e.g. `hasErrno(error, 'ENOENT')`. It does not ask
 * for `instanceof Error`, which is false for Node's own errors inside Jest's contexts.
 */
export const hasErrno = (error: unknown, ...codes: string[]): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  codes.includes(error.code);
