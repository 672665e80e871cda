import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestClient } from '../client.js';
import { buildFakeAgentImage, docker } from '../docker.js';
import { startMockProvider, type MockProvider } from '../mock-provider/index.js';
import { createTestDatabase } from '../postgres.js';
import { createDataFolder, startServer, type TestServer } from '../server.js';
import { createInstance } from '../triage.js';
import { watchAgentStarts, type AgentStarts } from './agent-starts.js';
import { recordEnds } from './recorded-ends.js';

export interface FaultRigOptions {
  /** Above what every server of the rig has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Makes the data folder ready before the first server; what it gives is called after the last one. */
  readonly prepare?: (dataDir: string) => Promise<() => Promise<unknown>>;
  /** In place of a database of the test run's cluster. */
  readonly databaseUrl?: string;
}

/**
 * One real server on a real database and engine, with a provider whose books no fault touches. The server may be killed and
 * started again on what it left; tests ask for it anew each time.
 */
export class FaultRig {
  #server: TestServer | undefined;
  #instanceId: Promise<string> | undefined;

  private constructor(
    readonly folder: Awaited<ReturnType<typeof createDataFolder>>,
    readonly provider: MockProvider,
    readonly starts: AgentStarts,
    readonly databaseUrl: string,
    readonly environment: Readonly<Record<string, string>>,
    private readonly releases: readonly (() => Promise<unknown> | void)[],
  ) {}

  static async start(options: FaultRigOptions = {}): Promise<FaultRig> {
    const folder = await createDataFolder();
    const provider = await startMockProvider();
    const starts = watchAgentStarts();
    const database = options.databaseUrl === undefined ? await createTestDatabase() : undefined;
    const databaseUrl = options.databaseUrl ?? database!.url;
    const environment = {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      AGENT_IMAGE: await buildFakeAgentImage(),
      DATABASE_URL: databaseUrl,
      MODEL_UPSTREAM: 'http',
      ANTHROPIC_UPSTREAM_URL: provider.url,
      RATE_LIMIT_REQUESTS: '1000000',
      MAX_CONCURRENT_RUNS: '100',
      ...options.environment,
    };
    const restore = await options.prepare?.(folder.path);
    const releases = [
      () => restore?.(),
      () => starts.close(),
      () => provider.close(),
      () => database?.close(),
      () => folder.remove(),
    ];
    const rig = new FaultRig(folder, provider, starts, databaseUrl, environment, releases);
    await rig.restart();
    await recordEnds(databaseUrl);
    return rig;
  }

  get server(): TestServer {
    if (!this.#server) throw new Error('the rig has no server now');
    return this.#server;
  }

  get client(): TestClient {
    return this.server.client;
  }

  /** The instance that the load's runs are of. */
  instanceId(): Promise<string> {
    this.#instanceId ??= createInstance(this.client);
    return this.#instanceId;
  }

  /** A server on what the last one left, which must have ended. */
  async restart(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#server = await startServer({
      dataDir: this.folder.path,
      environment: { ...this.environment, ...environment },
    });
  }

  /** As a crash, and a server again after a while. */
  async killAndRestart(awaySeconds: number): Promise<void> {
    await this.server.kill();
    await sleep(awaySeconds * 1000);
    await this.restart();
  }

  /** Of a test that failed: nobody else would. */
  async #removeContainers(): Promise<void> {
    const group = await readFile(path.join(this.folder.path, 'run-group.id'), 'utf8').catch(() => undefined);
    if (group === undefined) return;
    const left = await docker('ps', '-aq', '--filter', `label=triaged.group=${group.trim()}`);
    if (left !== '') await docker('rm', '-f', '-v', ...left.split('\n'));
  }

  async close(): Promise<void> {
    await this.#server?.stop();
    await this.#removeContainers();
    for (const release of this.releases) await release();
  }
}
