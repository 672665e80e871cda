export { Audit } from './audit.js';
export { changeDetails } from './change-details.js';
export type { ServerItself } from './audit.js';
export type { AuditAction, AuditEvent } from './audit-event.js';
export { AuditRepository } from './audit.repository.js';
export { AuditResolver } from './audit.resolver.js';
export { AuditService } from './audit.service.js';
