// Written by `npm run sdk` from src/kernel/error-codes.ts.
import { TriagedError } from '../triaged-error.js';

/** No API key, or one that is unknown, revoked or expired. Sockets close with 4401. */
export class UnauthenticatedError extends TriagedError {
  override readonly name = 'UnauthenticatedError';
  declare readonly code: 'UNAUTHENTICATED';
}

/** The key's role does not suffice, or the object belongs to another tenant. */
export class ForbiddenError extends TriagedError {
  override readonly name = 'ForbiddenError';
  declare readonly code: 'FORBIDDEN';
}

/** There is no such object. */
export class NotFoundError extends TriagedError {
  override readonly name = 'NotFoundError';
  declare readonly code: 'NOT_FOUND';
}

/** A value broke a rule; `details.path` names it. */
export class BadUserInputError extends TriagedError {
  override readonly name = 'BadUserInputError';
  declare readonly code: 'BAD_USER_INPUT';
}

/** The request or its document cannot be read. */
export class BadRequestError extends TriagedError {
  override readonly name = 'BadRequestError';
  declare readonly code: 'BAD_REQUEST';
}

/** The name is taken in this tenant. */
export class DuplicateNameError extends TriagedError {
  override readonly name = 'DuplicateNameError';
  declare readonly code: 'DUPLICATE_NAME';
}

/** Agents use the tool; `details.agents` names them. */
export class ToolInUseError extends TriagedError {
  override readonly name = 'ToolInUseError';
  declare readonly code: 'TOOL_IN_USE';
}

/** The model is not allowed; `details.validModels` lists those that are. */
export class InvalidModelError extends TriagedError {
  override readonly name = 'InvalidModelError';
  declare readonly code: 'INVALID_MODEL';
}

/** The document asks for too much; `details` names the limit and the figure. */
export class QueryTooComplexError extends TriagedError {
  override readonly name = 'QueryTooComplexError';
  declare readonly code: 'QUERY_TOO_COMPLEX';
}

/** This server does not know the document of that hash. */
export class PersistedQueryNotFoundError extends TriagedError {
  override readonly name = 'PersistedQueryNotFoundError';
  declare readonly code: 'PERSISTED_QUERY_NOT_FOUND';
}

/** The instance is not running. */
export class InstanceNotRunningError extends TriagedError {
  override readonly name = 'InstanceNotRunningError';
  declare readonly code: 'INSTANCE_NOT_RUNNING';
}

/** The instance has no such AI agent, or was started before it had one. */
export class AiAgentNotConfiguredError extends TriagedError {
  override readonly name = 'AiAgentNotConfiguredError';
  declare readonly code: 'AI_AGENT_NOT_CONFIGURED';
}

/** The key was revoked. */
export class CredentialRevokedError extends TriagedError {
  override readonly name = 'CredentialRevokedError';
  declare readonly code: 'CREDENTIAL_REVOKED';
}

/** Runs of the instance have not ended; `details.activeRuns` counts them. */
export class InstanceInUseError extends TriagedError {
  override readonly name = 'InstanceInUseError';
  declare readonly code: 'INSTANCE_IN_USE';
}

/** Runs use the cluster; `details.runs` names them. */
export class ClusterInUseError extends TriagedError {
  override readonly name = 'ClusterInUseError';
  declare readonly code: 'CLUSTER_IN_USE';
}

/** The cluster cannot be reached, or its credential will not do; `details.reason` says why. */
export class ClusterUnusableError extends TriagedError {
  override readonly name = 'ClusterUnusableError';
  declare readonly code: 'CLUSTER_UNUSABLE';
}

/** The idempotency key was used with another input. */
export class IdempotencyConflictError extends TriagedError {
  override readonly name = 'IdempotencyConflictError';
  declare readonly code: 'IDEMPOTENCY_CONFLICT';
}

/** Log and artifacts of the run are no longer kept, since `details.expiredAt`. */
export class RunExpiredError extends TriagedError {
  override readonly name = 'RunExpiredError';
  declare readonly code: 'RUN_EXPIRED';
}

/** The request is too large. */
export class PayloadTooLargeError extends TriagedError {
  override readonly name = 'PayloadTooLargeError';
  declare readonly code: 'PAYLOAD_TOO_LARGE';
}

/** A quota or a limit of the AI agent that `details.aiAgent` names is used up, or too much is under way at once: `details.limit` of a quota says how much there may be. */
export class RateLimitedError extends TriagedError {
  override readonly name = 'RateLimitedError';
  declare readonly code: 'RATE_LIMITED';
}

/** The tenant has as many queued runs as it may, `details.limit`. */
export class QueueFullError extends TriagedError {
  override readonly name = 'QueueFullError';
  declare readonly code: 'QUEUE_FULL';
}

/** A stored credential cannot be opened. */
export class CredentialUnreadableError extends TriagedError {
  override readonly name = 'CredentialUnreadableError';
  declare readonly code: 'CREDENTIAL_UNREADABLE';
}

/** The server failed. */
export class InternalError extends TriagedError {
  override readonly name = 'InternalError';
  declare readonly code: 'INTERNAL';
}

/** The model provider refused, failed or said nothing; `details.class` says why in the words of ConnectionFailureClass, `details.providerMessage` in its own. */
export class ModelProviderError extends TriagedError {
  override readonly name = 'ModelProviderError';
  declare readonly code: 'MODEL_PROVIDER_ERROR';
}

/** No engine, or no image. */
export class RuntimeUnavailableError extends TriagedError {
  override readonly name = 'RuntimeUnavailableError';
  declare readonly code: 'RUNTIME_UNAVAILABLE';
}

/** A part the server needs does not answer. */
export class ServiceUnavailableError extends TriagedError {
  override readonly name = 'ServiceUnavailableError';
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
