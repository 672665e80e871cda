export { Gateway, type GatewayDependencies } from './gateway.js';
export type { GatewayCaller, ModelCallRecorder } from './types.js';
