export { Gateway, type GatewayDependencies } from './gateway.js';
export { credentialHeaders } from './provider-protocols.js';
export type { GatewayCaller, ModelCallRecorder } from './types.js';
