export { AiAgentConfigurationEntity } from './ai-agent-configuration.entity.js';
export type { AiAgentAdapter, AiAgentSettings, RenderedFile } from './ai-agent-adapter.js';
export { adapterOf } from './ai-agent-registry.js';
export { ConfigurationFolder } from './configuration-folder.js';
