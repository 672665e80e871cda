export type { FailureKind } from './failures.js';
export { Gateway, type GatewayDependencies } from './gateway.js';
export { FAILURE_HEADER } from './headers.js';
export { callInProcess, type InProcessCall } from './in-process-call.js';
export { credentialHeaders } from './provider-protocols.js';
export { reportedTokens } from './reported-tokens.js';
export { isBudget } from './types.js';
export type { Admission, AiAgentLimit, GatewayCaller, ModelCallGate, ModelCallJournal } from './types.js';
