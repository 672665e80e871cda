import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { ApiKeyRegistry } from '../../src/features/tenants/index.js';
import { ROLES } from '../../src/kernel/actor.js';
import type { Role } from '../../src/kernel/actor.js';
import { TestClient } from './client.js';
import { createTestDatabase } from './postgres.js';
import { createDataFolder, startServer } from './server.js';
import type { TestServer } from './server.js';

export interface TenantsServer {
  /** All share database, API keys, master secret and whatever the environment names. */
  readonly servers: readonly TestServer[];
  readonly url: string;
  readonly keysFile: string;
  readonly databaseUrl: string;
  /** A key of the tenant. */
  key(tenant: string, role: Role): string;
  /** A client with a key of the tenant; of the first server unless told. */
  client(tenant: string, role?: Role, server?: number): TestClient;
  close(): Promise<void>;
}

/** Real servers, each a process of its own, on one database, with keys of every role for each tenant. Needs dist/. */
export async function startTenantsServer(options: {
  tenants: readonly string[];
  servers?: number;
  environment?: Readonly<Record<string, string>>;
}): Promise<TenantsServer> {
  const database = await createTestDatabase();
  const folder = await createDataFolder();
  const keysFile = path.join(folder.path, 'keys.json');
  const registry = await ApiKeyRegistry.open({ file: keysFile });
  const keys = new Map<string, string>();
  for (const tenant of options.tenants) {
    for (const role of ROLES) keys.set(`${tenant} ${role}`, await registry.createKey(tenant, role));
  }
  const shared = {
    ...{ RUNTIME: 'fake', LOG_LEVEL: 'info', DATABASE_URL: database.url, API_KEYS_FILE: keysFile },
    MASTER_SECRET: randomBytes(32).toString('hex'),
    ...options.environment,
  };
  const servers: TestServer[] = [];
  for (let index = 0; index < (options.servers ?? 1); index += 1) {
    servers.push(await startServer({ dataDir: path.join(folder.path, `s${index}`), environment: shared }));
  }
  const clients: TestClient[] = [];
  const key = (tenant: string, role: Role): string => keys.get(`${tenant} ${role}`)!;
  return {
    servers,
    url: servers[0]!.url,
    keysFile,
    databaseUrl: database.url,
    key,
    client(tenant, role = 'OPERATOR', server = 0) {
      const client = new TestClient(servers[server]!.url, key(tenant, role));
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      for (const server of servers) await server.stop();
      await database.close();
      await folder.remove();
    },
  };
}
