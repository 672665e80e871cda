export { AiAgentKeyResolver } from './ai-agent-key.resolver.js';
export { AiAgentKeyService } from './ai-agent-key.service.js';
export { modelName, pageArguments } from './instance-input.js';
export { InstanceEntity } from './instance.entity.js';
export { InstancePinEntity } from './instance-pin.entity.js';
export { InstanceResolver } from './instance.resolver.js';
export type { InstanceResolverDependencies } from './instance.resolver.js';
export { InstanceService } from './instance.service.js';
export type { InstanceServiceDependencies } from './instance.service.js';
