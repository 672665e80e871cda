export { AiAgentConfigurationEntity } from './ai-agent-configuration.entity.js';
export { bindingOf } from './ai-agent-adapter.js';
export type { AiAgentAdapter, AiAgentSettings, ProviderBinding, RenderedFile } from './ai-agent-adapter.js';
export { adapterOf } from './ai-agent-registry.js';
export { checkedTools, MAX_ALLOWED_TOOLS } from './allowed-tools.js';
export { checkedBaseUrl } from './base-url.js';
export { ConfigurationFiles, latestConfigurations } from './configuration-files.js';
export { ConfigurationFolder } from './configuration-folder.js';
