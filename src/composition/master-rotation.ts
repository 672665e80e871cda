import path from 'node:path';
import type { Logger } from 'pino';
import { openDataFolder } from '../adapters/data-folder/index.js';
import { createDataSource } from '../adapters/database/data-source.js';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/index.js';
import type { Config } from '../config/index.js';
import { sealedClusters, sealedEarlierConnections } from '../features/clusters/index.js';
import { resealAll, sealedCredentials, Sealer } from '../features/credentials/index.js';
import type { Resealed } from '../features/credentials/index.js';
import { ClosingStack } from '../kernel/closing.js';
import { StartupError } from '../kernel/startup-error.js';
import { requireSight } from './sight-of-all-tenants.js';

export interface MasterRotation {
  /** Of the secret that everything readable is now sealed under. */
  readonly keyId: string;
  readonly kinds: readonly Resealed[];
}

const CLOSE_DEADLINE_MS = 10_000;

/**
 * Seals every credential anew under MASTER_SECRET that is not sealed under it, opening it with MASTER_SECRET_SECONDARY. Servers
 * may run meanwhile; those of an embedded Postgres may not, because it is theirs alone. Works as the role that has logged in;
 * throws a StartupError when that does not see all tenants.
 */
export async function rotateMasterSecret(config: Config, logger: Logger): Promise<MasterRotation> {
  const { masterSecret: primary, secondaryMasterSecret: secondary } = config;
  if (!primary || !secondary) {
    throw new StartupError(
      'Set MASTER_SECRET to the new master secret and MASTER_SECRET_SECONDARY to the present one (or each with _FILE). ' +
        'A generated one lies in master.secret in DATA_DIR.',
    );
  }
  const closing = new ClosingStack(
    (part, error) => logger.error({ err: error, part }, 'a part did not close in order'),
    CLOSE_DEADLINE_MS,
  );
  try {
    const url = config.databaseUrl ?? (await startEmbedded(config, logger, closing));
    const dataSource = createDataSource({ url, entities: [], migrations: [], logger, poolSize: 1 });
    await dataSource.initialize();
    closing.push('database', () => dataSource.destroy());
    await requireSight(dataSource);
    const sealer = new Sealer({ primary, secondary });
    const kinds = [
      await resealAll(sealedCredentials(dataSource, sealer)),
      await resealAll(sealedClusters(dataSource, sealer)),
      await resealAll(sealedEarlierConnections(dataSource, sealer)),
    ];
    return { keyId: sealer.keyId, kinds };
  } finally {
    await closing.close();
  }
}

async function startEmbedded(config: Config, logger: Logger, closing: ClosingStack): Promise<string> {
  const folder = await openDataFolder(config.dataDir);
  closing.push('data folder', () => folder.close());
  const postgres = await startEmbeddedPostgres({ directory: path.join(config.dataDir, 'postgres'), logger });
  closing.push('embedded Postgres', () => postgres.close());
  return postgres.url;
}
