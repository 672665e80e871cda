export { NO_TOKENS } from './model-call.js';
export type { ModelCall, ModelCallOutcome, TokenFigures } from './model-call.js';
export { UsageDaily } from './usage.entity.js';
export { UsageMeter, type UsageMeterDependencies } from './usage-meter.js';
export { UsageResolver } from './usage.resolver.js';
export { UsageService, type UsageServiceDependencies } from './usage.service.js';
export { UsageStore } from './usage.store.js';
