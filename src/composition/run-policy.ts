import type { Config } from '../config/index.js';
import type { ApiKeyRegistry, TenantSettings } from '../features/tenants/index.js';
import type { RunPolicy } from '../features/triage/index.js';

/** The tenant's own setting in the file of API keys, else the server's. */
export function createRunPolicy(
  config: Pick<Config, 'maxQueuedRuns' | 'retentionDays'>,
  registry: Pick<ApiKeyRegistry, 'settingsOf' | 'settings'>,
): RunPolicy {
  /** Of each tenant that has one. */
  const each = <K extends keyof TenantSettings>(name: K): Record<string, Exclude<TenantSettings[K], undefined>> =>
    Object.fromEntries(
      Array.from(registry.settings).flatMap(([tenantId, { [name]: value }]) =>
        value === undefined ? [] : [[tenantId, value as Exclude<TenantSettings[K], undefined>]],
      ),
    );
  return {
    maxQueuedRuns: (tenantId) => registry.settingsOf(tenantId).maxQueuedRuns ?? config.maxQueuedRuns,
    maxConcurrentRuns: () => each('maxConcurrentRuns'),
    retention: () => ({ days: config.retentionDays ?? null, ofTenants: each('retentionDays') }),
  };
}
