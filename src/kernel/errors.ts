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
  PERSISTED_QUERY_NOT_FOUND: 400,
  INSTANCE_NOT_RUNNING: 400,
  AI_AGENT_NOT_CONFIGURED: 400,
  CREDENTIAL_REVOKED: 400,
  INSTANCE_IN_USE: 400,
  CLUSTER_IN_USE: 400,
  CLUSTER_UNUSABLE: 400,
  IDEMPOTENCY_CONFLICT: 409,
  RUN_EXPIRED: 410,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  QUEUE_FULL: 429,
  CREDENTIAL_UNREADABLE: 500,
  INTERNAL: 500,
  MODEL_PROVIDER_ERROR: 502,
  RUNTIME_UNAVAILABLE: 503,
  SERVICE_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What each code means to a client; printed with the schema. */
export const ERROR_MEANING: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'No API key, or one that is unknown, revoked or expired. Sockets close with 4401.',
  FORBIDDEN: "The key's role does not suffice, or the object belongs to another tenant.",
  NOT_FOUND: 'There is no such object.',
  BAD_USER_INPUT: 'A value broke a rule; `details.path` names it.',
  BAD_REQUEST: 'The request or its document cannot be read.',
  DUPLICATE_NAME: 'The name is taken in this tenant.',
  TOOL_IN_USE: 'Agents use the tool; `details.agents` names them.',
  INVALID_MODEL: 'The model is not allowed; `details.validModels` lists those that are.',
  QUERY_TOO_COMPLEX: 'The document asks for too much; `details` names the limit and the figure.',
  PERSISTED_QUERY_NOT_FOUND: 'This server does not know the document of that hash; send its text.',
  INSTANCE_NOT_RUNNING: 'Start the instance first.',
  AI_AGENT_NOT_CONFIGURED: 'Configure the AI agent, then start the instance.',
  CREDENTIAL_REVOKED: 'The key was revoked. Set a new one with rotateAiAgentKey, then use restartInstance.',
  INSTANCE_IN_USE: 'Runs of the instance have not ended; `details.activeRuns` counts them.',
  CLUSTER_IN_USE: 'Runs use the cluster; `details.runs` names them.',
  CLUSTER_UNUSABLE: 'The cluster cannot be reached, or its credential will not do; `details.reason` says why.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used with another input.',
  RUN_EXPIRED: 'Log and artifacts of the run are no longer kept, since `details.expiredAt`.',
  PAYLOAD_TOO_LARGE: 'The request is too large.',
  RATE_LIMITED:
    'A quota or a limit of the AI agent that `details.aiAgent` names is used up, or too much is under way at once: `details.limit` of a quota says how much there may be, `details.retryAfterSeconds` and `Retry-After` when to come again.',
  QUEUE_FULL:
    'The tenant has as many queued runs as it may, `details.limit`: start the run when others have started, or cancel some.',
  CREDENTIAL_UNREADABLE: 'A stored credential cannot be opened; the operator has to look.',
  INTERNAL: 'The server failed; `details.requestId` leads to its log.',
  MODEL_PROVIDER_ERROR:
    'The model provider refused, failed or said nothing; `details.class` says why in the words of ConnectionFailureClass, `details.providerMessage` in its own.',
  RUNTIME_UNAVAILABLE: 'No engine, or no image: the message says what to do.',
  SERVICE_UNAVAILABLE: 'A part the server needs does not answer; try again later.',
};

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
