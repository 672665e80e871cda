export { apiKeysFileOf, loadConfig } from './load-config.js';
export { ConfigurationError } from './configuration-error.js';
export type { Config } from './config.js';
export type { ConfigurationFault } from './configuration-error.js';
