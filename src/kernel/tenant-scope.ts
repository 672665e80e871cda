import { AsyncLocalStorage } from 'node:async_hooks';
import type { TenantId } from './ids.js';

const tenants = new AsyncLocalStorage<TenantId>();

/**
 * Does the work for one tenant: until it has ended, the database shows it and takes from it this tenant's rows alone. What is
 * called back from elsewhere (timers, events, requests on another socket) is not part of the work and opens a scope itself.
 */
export const inTenant = <T>(tenantId: TenantId, work: () => T): T => tenants.run(tenantId, work);

/** Does what is nobody's work, whoever caused it: ticks, timers. */
export const outsideTenants = <T>(work: () => T): T => tenants.exit(work);

/** Undefined outside of every tenant, where the database shows no tenant's rows. */
export const currentTenant = (): TenantId | undefined => tenants.getStore();

/** Each step of the iteration in the tenant's scope, whoever asks for it. */
export function iterateInTenant<T>(tenantId: TenantId, iterator: AsyncIterator<T>): AsyncIterableIterator<T> {
  return {
    next: () => inTenant(tenantId, () => iterator.next()),
    return: (value?: unknown) =>
      inTenant(tenantId, () => iterator.return?.(value) ?? Promise.resolve({ done: true as const, value })),
    throw: (error: unknown) =>
      inTenant(tenantId, () => {
        if (iterator.throw) return iterator.throw(error);
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
