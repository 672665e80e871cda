export { Gateway, type GatewayDependencies } from './gateway.js';
export { credentialHeaders } from './provider-protocols.js';
export { openGate } from './open-gate.js';
export type { Admission, AiAgentLimit, GatewayCaller, ModelCallGate, ModelCallJournal } from './types.js';
