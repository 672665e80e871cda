export { apiKeysFileOf, loadConfig } from './load-config.js';
export { ConfigurationError } from './configuration-error.js';
export { describedVariables } from './describe-variables.js';
export { VARIABLE_GROUPS } from './variables.js';
export type { Config } from './config.js';
export type { ConfigurationFault } from './configuration-error.js';
export type { DescribedVariable } from './describe-variables.js';
