export type { Execution } from './execution.js';
export { ExecutionLogEntity } from './execution-log.entity.js';
export { ExecutionRepository } from './execution.repository.js';
export { ExecutionResolver } from './execution.resolver.js';
export { ExecutionService } from './execution.service.js';
export type { ExecutionLimits, ExecutionServiceDependencies } from './execution.service.js';
export { MockModelAdapter } from './mock-model-adapter.js';
export type { ModelAdapter, ModelRequest } from './model-adapter.js';
