import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/index.js';
import { ApiKeyRegistry } from '../features/tenants/index.js';
import { writeFileAtomically } from '../kernel/atomic-write.js';
import { StartupError } from '../kernel/startup-error.js';

export interface ApiKeys {
  readonly registry: ApiKeyRegistry;
  /** Present when the demo tenant was made just now: its administrator's key, and the file that holds it too. */
  readonly demoKey: { readonly key: string; readonly file: string } | undefined;
}

/**
 * The registry of API keys. Where none is configured, one with a demo tenant is made, whose administrator's key lies in the
 * data folder for its owner alone.
 */
export async function openApiKeys(config: Config): Promise<ApiKeys> {
  const registryFile = config.apiKeysFile ?? path.join(config.dataDir, 'api-keys.json');
  // Who has revoked every key wants nobody to call, not a new administrator.
  const isNew = !existsSync(registryFile);
  const registry = await ApiKeyRegistry.open({ file: registryFile }).catch((error: unknown) => {
    throw new StartupError(error instanceof Error ? error.message : String(error), { cause: error });
  });
  if (registry.size > 0) return { registry, demoKey: undefined };
  if (config.apiKeysFile || !isNew) {
    throw new StartupError(
      `${registryFile} holds no key, so nobody could call. Make one: npm run triaged -- keys create --help`,
    );
  }
  const key = await registry.createKey('demo', 'ADMIN');
  const file = path.join(config.dataDir, 'demo.api-key');
  await writeFileAtomically(file, `${key}\n`);
  return { registry, demoKey: { key, file } };
}
