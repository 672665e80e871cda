import path from 'node:path';
import { pino } from 'pino';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/adapters/embedded-postgres/index.js';
import { createDataFolder } from '../server.js';
import { openTcpGate, type TcpGate } from '../tcp-gate.js';

/** A cluster of one test's own, behind a port that stays the same while it is stopped and started. */
export class OwnPostgres {
  #postgres: EmbeddedPostgres;
  #gate: TcpGate | undefined;

  private constructor(
    private readonly folder: Awaited<ReturnType<typeof createDataFolder>>,
    postgres: EmbeddedPostgres,
  ) {
    this.#postgres = postgres;
  }

  static async start(): Promise<OwnPostgres> {
    const folder = await createDataFolder();
    const own = new OwnPostgres(folder, await startCluster(folder.path));
    const { hostname, port } = new URL(own.#postgres.url);
    own.#gate = await openTcpGate(hostname, Number(port));
    return own;
  }

  get gate(): TcpGate {
    return this.#gate!;
  }

  get url(): string {
    const url = new URL(this.#postgres.url);
    url.port = String(this.gate.port);
    return url.href;
  }

  /** The cluster's own end, connections and all. */
  stop(): Promise<void> {
    return this.#postgres.close();
  }

  async restart(): Promise<void> {
    this.#postgres = await startCluster(this.folder.path);
    const { hostname, port } = new URL(this.#postgres.url);
    this.gate.leadTo(hostname, Number(port));
  }

  async close(): Promise<void> {
    await this.#gate?.close();
    await this.#postgres.close().catch(() => undefined);
    await this.folder.remove();
  }
}

const startCluster = (folder: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ directory: path.join(folder, 'postgres'), logger: pino({ level: 'silent' }) });
