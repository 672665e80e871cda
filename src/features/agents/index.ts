export type { Agent } from './agent.js';
export type { AgentLimits } from './agent-input.js';
export { AgentEntity } from './agent.entity.js';
export { AgentRepository } from './agent.repository.js';
export { AgentResolver } from './agent.resolver.js';
export { AgentService } from './agent.service.js';
export type { AgentServiceDependencies } from './agent.service.js';
export { AgentToolEntity } from './agent-tool.entity.js';
export { AgentType } from './agent.types.js';
