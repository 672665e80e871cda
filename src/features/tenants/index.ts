// Tests of the registry take it from here, where no schema is.
import 'reflect-metadata';
export { ActorResolver } from './actor.resolver.js';
export { ApiKeyRegistry } from './api-key-registry.js';
export type { ListedApiKey } from './api-key-registry.js';
export { idOfKey } from './api-key.js';
export type { TenantSettings } from './api-key-file.js';
