export { PersistedDocuments } from './persisted-documents.js';
export { buildTriagedSchema, printTriagedSchema } from './schema.js';
export type { ResolverClass } from './schema.js';
export { tenantQuota } from './quota.js';
export type { TenantQuota } from './quota.js';
