export { ApiKeyRegistry } from './api-key-registry.js';
