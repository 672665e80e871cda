import type { Config } from '../config/index.js';
import type { ApiKeyRegistry } from '../features/tenants/index.js';
import type { RunPolicy } from '../features/triage/index.js';

/** The tenant's own setting in the file of API keys, else the server's. */
export function createRunPolicy(
  config: Pick<Config, 'maxQueuedRuns'>,
  registry: Pick<ApiKeyRegistry, 'settingsOf' | 'settings'>,
): RunPolicy {
  return {
    maxQueuedRuns: (tenantId) => registry.settingsOf(tenantId).maxQueuedRuns ?? config.maxQueuedRuns,
    maxConcurrentRuns: () =>
      Object.fromEntries(
        Array.from(registry.settings).flatMap(([tenantId, { maxConcurrentRuns }]) =>
          maxConcurrentRuns === undefined ? [] : [[tenantId, maxConcurrentRuns]],
        ),
      ),
  };
}
