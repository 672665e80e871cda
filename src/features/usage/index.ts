export { MODEL_CALL_ERRORS, NO_TOKENS } from './model-call.js';
export type {
  BegunModelCall,
  LimitedModelCall,
  ModelCall,
  ModelCallError,
  ModelCallOutcome,
  ModelCallOwner,
  TokenFigures,
} from './model-call.js';
export { spentOnDay } from './spent-on-day.js';
export { UsageDaily } from './usage.entity.js';
export { UsageMeter, type UsageMeterDependencies } from './usage-meter.js';
export { UsageResolver } from './usage.resolver.js';
export { UsageService, type UsageServiceDependencies } from './usage.service.js';
export { UsageStore } from './usage.store.js';
