export type { AiAgentLimits, LimitsOwner } from './ai-agent-limits.js';
export { AiAgentLimitsEntity } from './ai-agent-limits.entity.js';
export { CallGate, type CallGateDependencies } from './call-gate.js';
export { KnownLimits } from './known-limits.js';
export { LimitNotices } from './limit-notices.js';
export { LimitsResolver } from './limits.resolver.js';
export { LimitsService } from './limits.service.js';
export { LimitsStore } from './limits.store.js';
export { isOfBudget, RunSpending, type RunFigures, type RunRefusal } from './run-spending.js';
