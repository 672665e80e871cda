import type { TenantId } from './ids.js';

/** Each role includes the next. */
export const ROLES = ['ADMIN', 'OPERATOR', 'VIEWER'] as const;
export type Role = (typeof ROLES)[number];

/** The holder of an API key. `keyId` is the key's readable prefix, safe to log. */
export interface Actor {
  readonly tenantId: TenantId;
  readonly role: Role;
  readonly keyId: string;
  /** The IP address that the present request came from, where it is known. */
  readonly clientAddress?: string | undefined;
}

export const roleIncludes = (held: Role, required: Role): boolean => ROLES.indexOf(held) <= ROLES.indexOf(required);
