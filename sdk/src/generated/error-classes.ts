// Written by `npm run sdk` from src/kernel/errors.ts.
import { TriagedError } from '../triaged-error.js';

/** No API key, or one that is unknown, revoked or expired. Sockets close with 4401. */
export class UnauthenticatedError extends TriagedError {
  declare readonly code: 'UNAUTHENTICATED';
}

/** The key's role does not suffice, or the object belongs to another tenant. */
export class ForbiddenError extends TriagedError {
  declare readonly code: 'FORBIDDEN';
}

/** There is no such object. */
export class NotFoundError extends TriagedError {
  declare readonly code: 'NOT_FOUND';
}

/** A value broke a rule; `details.path` names it. */
export class BadUserInputError extends TriagedError {
  declare readonly code: 'BAD_USER_INPUT';
}

/** The request or its document cannot be read. */
export class BadRequestError extends TriagedError {
  declare readonly code: 'BAD_REQUEST';
}

/** The name is taken in this tenant. */
export class DuplicateNameError extends TriagedError {
  declare readonly code: 'DUPLICATE_NAME';
}

/** Agents use the tool; `details.agents` names them. */
export class ToolInUseError extends TriagedError {
  declare readonly code: 'TOOL_IN_USE';
}

/** The model is not allowed; `details.validModels` lists those that are. */
export class InvalidModelError extends TriagedError {
  declare readonly code: 'INVALID_MODEL';
}

/** The document asks for too much; `details` names the limit and the figure. */
export class QueryTooComplexError extends TriagedError {
  declare readonly code: 'QUERY_TOO_COMPLEX';
}

/** This server does not know the document of that hash; send its text. */
export class PersistedQueryNotFoundError extends TriagedError {
  declare readonly code: 'PERSISTED_QUERY_NOT_FOUND';
}

/** Start the instance first. */
export class InstanceNotRunningError extends TriagedError {
  declare readonly code: 'INSTANCE_NOT_RUNNING';
}

/** Configure the AI agent, then start the instance. */
export class AiAgentNotConfiguredError extends TriagedError {
  declare readonly code: 'AI_AGENT_NOT_CONFIGURED';
}

/** The key was revoked. Set a new one with rotateAiAgentKey, then use restartInstance. */
export class CredentialRevokedError extends TriagedError {
  declare readonly code: 'CREDENTIAL_REVOKED';
}

/** Runs of the instance have not ended; `details.activeRuns` counts them. */
export class InstanceInUseError extends TriagedError {
  declare readonly code: 'INSTANCE_IN_USE';
}

/** Runs use the cluster; `details.runs` names them. */
export class ClusterInUseError extends TriagedError {
  declare readonly code: 'CLUSTER_IN_USE';
}

/** The cluster cannot be reached, or its credential will not do; `details.reason` says why. */
export class ClusterUnusableError extends TriagedError {
  declare readonly code: 'CLUSTER_UNUSABLE';
}

/** The idempotency key was used with another input. */
export class IdempotencyConflictError extends TriagedError {
  declare readonly code: 'IDEMPOTENCY_CONFLICT';
}

/** Log and artifacts of the run are no longer kept, since `details.expiredAt`. */
export class RunExpiredError extends TriagedError {
  declare readonly code: 'RUN_EXPIRED';
}

/** The request is too large. */
export class PayloadTooLargeError extends TriagedError {
  declare readonly code: 'PAYLOAD_TOO_LARGE';
}

/** A quota or a limit of the AI agent that `details.aiAgent` names is used up, or too much is under way at once: `details.limit` of a quota says how much there may be, `details.retryAfterSeconds` and `Retry-After` when to come again. */
export class RateLimitedError extends TriagedError {
  declare readonly code: 'RATE_LIMITED';
}

/** The tenant has as many queued runs as it may, `details.limit`: start the run when others have started, or cancel some. */
export class QueueFullError extends TriagedError {
  declare readonly code: 'QUEUE_FULL';
}

/** A stored credential cannot be opened; the operator has to look. */
export class CredentialUnreadableError extends TriagedError {
  declare readonly code: 'CREDENTIAL_UNREADABLE';
}

/** The server failed; `details.requestId` leads to its log. */
export class InternalError extends TriagedError {
  declare readonly code: 'INTERNAL';
}

/** The model provider refused, failed or said nothing; `details.class` says why in the words of ConnectionFailureClass, `details.providerMessage` in its own. */
export class ModelProviderError extends TriagedError {
  declare readonly code: 'MODEL_PROVIDER_ERROR';
}

/** No engine, or no image: the message says what to do. */
export class RuntimeUnavailableError extends TriagedError {
  declare readonly code: 'RUNTIME_UNAVAILABLE';
}

/** A part the server needs does not answer; try again later. */
export class ServiceUnavailableError extends TriagedError {
  declare readonly code: 'SERVICE_UNAVAILABLE';
}

/** The class of each code. */
export const ERROR_CLASSES = {
  UNAUTHENTICATED: UnauthenticatedError,
  FORBIDDEN: ForbiddenError,
  NOT_FOUND: NotFoundError,
  BAD_USER_INPUT: BadUserInputError,
  BAD_REQUEST: BadRequestError,
  DUPLICATE_NAME: DuplicateNameError,
  TOOL_IN_USE: ToolInUseError,
  INVALID_MODEL: InvalidModelError,
  QUERY_TOO_COMPLEX: QueryTooComplexError,
  PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFoundError,
  INSTANCE_NOT_RUNNING: InstanceNotRunningError,
  AI_AGENT_NOT_CONFIGURED: AiAgentNotConfiguredError,
  CREDENTIAL_REVOKED: CredentialRevokedError,
  INSTANCE_IN_USE: InstanceInUseError,
  CLUSTER_IN_USE: ClusterInUseError,
  CLUSTER_UNUSABLE: ClusterUnusableError,
  IDEMPOTENCY_CONFLICT: IdempotencyConflictError,
  RUN_EXPIRED: RunExpiredError,
  PAYLOAD_TOO_LARGE: PayloadTooLargeError,
  RATE_LIMITED: RateLimitedError,
  QUEUE_FULL: QueueFullError,
  CREDENTIAL_UNREADABLE: CredentialUnreadableError,
  INTERNAL: InternalError,
  MODEL_PROVIDER_ERROR: ModelProviderError,
  RUNTIME_UNAVAILABLE: RuntimeUnavailableError,
  SERVICE_UNAVAILABLE: ServiceUnavailableError,
} as const;

/** What the API's errors bear in `extensions.error_code`. */
export type ErrorCode = keyof typeof ERROR_CLASSES;

/** The HTTP status of an answer in which nothing succeeded. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
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
};
