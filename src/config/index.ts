export { loadConfig, ConfigurationError } from './load-config.js';
export type { Config } from './load-config.js';
