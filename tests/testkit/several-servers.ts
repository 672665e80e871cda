import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { ApiKeyRegistry } from '../../src/features/tenants/index.js';
import { createTestDatabase, type TestDatabase } from './postgres.js';
import { startRedis, type TestRedis } from './redis.js';
import { createDataFolder, startServer, type TestServer } from './server.js';
import { until } from './until.js';

/** One Postgres, one Redis, one engine, and servers on them that are processes of their own. */
export class SeveralServers {
  readonly #servers: TestServer[] = [];

  static async create(environment: Readonly<Record<string, string>>): Promise<SeveralServers> {
    const folder = await createDataFolder();
    const [database, redis] = await Promise.all([createTestDatabase(), startRedis()]);
    const keysFile = path.join(folder.path, 'keys.json');
    const apiKey = await (await ApiKeyRegistry.open({ file: keysFile })).createKey('acme', 'ADMIN');
    return new SeveralServers(folder, database, redis, apiKey, {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      MASTER_SECRET: randomBytes(32).toString('hex'),
      API_KEYS_FILE: keysFile,
      RATE_LIMIT_REQUESTS: '10000',
      ...environment,
    });
  }

  private constructor(
    private readonly folder: Awaited<ReturnType<typeof createDataFolder>>,
    private readonly database: TestDatabase,
    private readonly redis: TestRedis,
    private readonly apiKey: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Shared, unless a server is given another one. */
  get runFolder(): string {
    return path.join(this.folder.path, 'r');
  }

  /** As whoever owns the database. */
  async query<T>(sql: string, values: readonly unknown[]): Promise<T[]> {
    const client = new pg.Client({ connectionString: this.database.url });
    await client.connect();
    const { rows } = await client.query(sql, [...values]).finally(() => client.end());
    return rows as T[];
  }

  dataFolderOf(name: string): string {
    return path.join(this.folder.path, name);
  }

  /** Starts the server of that name, also anew. */
  async start(name: string, environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
    const server = await startServer({
      dataDir: this.dataFolderOf(name),
      environment: { RUN_DIR: this.runFolder, ...this.environment, ...environment },
      apiKey: this.apiKey,
    });
    this.#servers.push(server);
    return server;
  }

  /** Waits until somebody has the run, and says which of these servers that is. */
  async ownerOf(runId: string): Promise<TestServer> {
    const names = await Promise.all(
      this.#servers.map(async ({ dataDir }) => (await readFile(path.join(dataDir, 'worker.id'), 'utf8')).trim()),
    );
    let owner: TestServer | undefined;
    await until(async () => {
      const sql = 'SELECT lease_owner AS name FROM triage_runs WHERE id = $1';
      const [row] = await this.query<{ name: string | null }>(sql, [runId]);
      owner = this.#servers[names.lastIndexOf(row?.name ?? '')];
      return owner !== undefined;
    }, 30_000);
    return owner!;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await Promise.all([this.redis.close(), this.database.close()]);
    await this.folder.remove();
  }
}
