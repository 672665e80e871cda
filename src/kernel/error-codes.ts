interface ErrorContract {
  /** The HTTP status of a response in which nothing succeeded. */
  readonly status: number;
  /** What happened. */
  readonly meaning: string;
  /** What the client, or whoever runs the server, does next. */
  readonly remedy: string;
}

/** Every code of the error contract; printed with the schema and into docs/errors.md. */
export const ERROR_CODES = {
  UNAUTHENTICATED: {
    status: 401,
    meaning: 'No API key, or one that is unknown, revoked or expired. Sockets close with 4401.',
    remedy: 'Send a valid key as `X-API-KEY`; an operator makes one with `triaged keys create`.',
  },
  FORBIDDEN: {
    status: 403,
    meaning: "The key's role does not suffice, or the object belongs to another tenant.",
    remedy: 'Use a key of the role that the field names in its `@auth`, or an object of your own tenant.',
  },
  NOT_FOUND: { status: 404, meaning: 'There is no such object.', remedy: 'Look the id up in the list it came from.' },
  BAD_USER_INPUT: {
    status: 400,
    meaning: 'A value broke a rule; `details.path` names it.',
    remedy: 'Correct the value as the message says.',
  },
  BAD_REQUEST: {
    status: 400,
    meaning: 'The request or its document cannot be read.',
    remedy: 'Correct the document; the schema says what there is.',
  },
  DUPLICATE_NAME: { status: 400, meaning: 'The name is taken in this tenant.', remedy: 'Choose another name.' },
  TOOL_IN_USE: {
    status: 400,
    meaning: 'Agents use the tool; `details.agents` names them.',
    remedy: 'Take the tool from these agents, then delete it.',
  },
  INVALID_MODEL: {
    status: 400,
    meaning: 'The model is not allowed; `details.validModels` lists those that are.',
    remedy: 'Choose one of them, or have the operator add yours to `ALLOWED_MODELS`.',
  },
  QUERY_TOO_COMPLEX: {
    status: 400,
    meaning: 'The document asks for too much; `details` names the limit and the figure.',
    remedy: 'Ask for fewer fields, smaller pages or fewer operations at once.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 400,
    meaning: 'This server does not know the document of that hash.',
    remedy: 'Send its text.',
  },
  INSTANCE_NOT_RUNNING: {
    status: 400,
    meaning: 'The instance is not running.',
    remedy: 'Start it first, with `startInstance`.',
  },
  AI_AGENT_NOT_CONFIGURED: {
    status: 400,
    meaning: 'The instance has no such AI agent, or was started before it had one.',
    remedy: 'Configure the AI agent with `configureAiAgent`, then start or restart the instance.',
  },
  CREDENTIAL_REVOKED: {
    status: 400,
    meaning: 'The key was revoked.',
    remedy: 'Set a new one with `rotateAiAgentKey`, then use `restartInstance`.',
  },
  INSTANCE_IN_USE: {
    status: 400,
    meaning: 'Runs of the instance have not ended; `details.activeRuns` counts them.',
    remedy: 'Wait for them, or cancel them: `stopInstance(force: true)` cancels all.',
  },
  CLUSTER_IN_USE: {
    status: 400,
    meaning: 'Runs use the cluster; `details.runs` names them.',
    remedy: 'Wait for them, or cancel them.',
  },
  CLUSTER_UNUSABLE: {
    status: 400,
    meaning: 'The cluster cannot be reached, or its credential will not do; `details.reason` says why.',
    remedy: 'docs/clusters.md says for each reason what to look at.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    meaning: 'The idempotency key was used with another input.',
    remedy: 'Repeat the first input, or choose a new key for a new run.',
  },
  RUN_EXPIRED: {
    status: 410,
    meaning: 'Log and artifacts of the run are no longer kept, since `details.expiredAt`.',
    remedy: 'Report and usage are there; `RETENTION_DAYS` says how long the rest of later runs is kept.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    meaning: 'The request is too large.',
    remedy: 'Send less: 512 KiB over HTTP, 64 KiB in a message on a socket.',
  },
  RATE_LIMITED: {
    status: 429,
    meaning:
      'A quota or a limit of the AI agent that `details.aiAgent` names is used up, or too much is under way at once: `details.limit` of a quota says how much there may be.',
    remedy: 'Come again after `details.retryAfterSeconds`, which `Retry-After` says too.',
  },
  QUEUE_FULL: {
    status: 429,
    meaning: 'The tenant has as many queued runs as it may, `details.limit`.',
    remedy: 'Start the run when others have started, or cancel some.',
  },
  CREDENTIAL_UNREADABLE: {
    status: 500,
    meaning: 'A stored credential cannot be opened.',
    remedy: "The operator has to look: the server's log names the reason, docs/operation.md what to do.",
  },
  INTERNAL: {
    status: 500,
    meaning: 'The server failed.',
    remedy: 'Tell the operator `details.requestId`, which leads to its log.',
  },
  MODEL_PROVIDER_ERROR: {
    status: 502,
    meaning:
      'The model provider refused, failed or said nothing; `details.class` says why in the words of ConnectionFailureClass, `details.providerMessage` in its own.',
    remedy: 'See to key, model and provider as the class says; `testAiAgentConnection` asks again.',
  },
  RUNTIME_UNAVAILABLE: {
    status: 503,
    meaning: 'No engine, or no image.',
    remedy: 'Do what the message says: start the engine, or build the image with `npm run image`.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    meaning: 'A part the server needs does not answer.',
    remedy: 'Try again later; `/readyz` tells the operator which part.',
  },
} as const satisfies Readonly<Record<string, ErrorContract>>;

/**
 * Every failure that a client may see bears one of these codes: in `extensions.code` and `extensions.error_code` over
 * GraphQL, in `error_code` of a JSON body elsewhere.
 */
export type ErrorCode = keyof typeof ERROR_CODES;
