import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { MemoryEventBus } from '../../src/adapters/event-bus/index.js';
import { migrateDatabase } from '../../src/composition/database.js';
import {
  LeftJournal,
  ModelPrices,
  UnknownCallsService,
  UsageJournal,
  UsageMeter,
  UsageService,
  UsageStore,
  type ModelCall,
  type UsageServiceDependencies,
} from '../../src/features/usage/index.js';
import { ofDatabase } from '../../src/kernel/database-errors.js';
import type { Actor } from '../../src/kernel/actor.js';
import type { ModelPriceTable } from '../../src/kernel/model-price.js';
import { newInstanceId, newRunId, type InstanceId, type RunId, type TenantId } from '../../src/kernel/ids.js';
import { Pager } from '../../src/kernel/pager.js';
import type { EventBus } from '../../src/ports/event-bus.js';
import { modelCall, record } from './recorded-calls.js';
import { createTestDatabase, type TestDatabase } from './postgres.js';

/** When the database fails a meter. */
type Failing = 'no' | 'before commit' | 'after commit' | 'after unknown' | 'before forgetting' | 'after forgetting';

/** A store that fails when told. */
class FaultyStore extends UsageStore {
  failing: Failing = 'no';

  override async apply(...args: Parameters<UsageStore['apply']>): Promise<number> {
    if (this.failing === 'before commit') throw new Error('the database is away');
    const applied = await super.apply(...args);
    if (this.failing === 'after commit') throw new Error('the connection was cut after the commit');
    return applied;
  }

  override async addUnknown(...args: Parameters<UsageStore['addUnknown']>): Promise<void> {
    await super.addUnknown(...args);
    if (this.failing === 'after unknown') throw ofDatabase(new Error('Connection terminated after the commit'));
  }

  override async forget(segmentId: string): Promise<void> {
    if (this.failing === 'before forgetting') throw new Error('the process died');
    await super.forget(segmentId);
    if (this.failing === 'after forgetting') throw new Error('the process died');
  }
}

interface MeterOptions {
  /** A new one unless told. */
  readonly directory?: string;
  /** Folders that others left, which come before its own. */
  readonly left?: readonly string[];
  readonly segmentBytes?: number;
  readonly failing?: Failing;
}

/** What the server before left in the folder, which is the next one's too. */
const leftIn = (directory: string): LeftJournal =>
  new LeftJournal({ id: directory, directory, remove: () => Promise.resolve() });

/** Metering on a database of its own, for one run at a time. */
export class UsageRig {
  /** What its services read from, and whom they ask about instances. */
  readonly shared: Omit<UsageServiceDependencies, 'bus'>;
  readonly tenantId = 'team-a' as TenantId;
  readonly actor: Actor = { tenantId: this.tenantId, role: 'VIEWER', keyId: 'trg_a' };
  readonly service: UsageService;
  readonly unknownCalls: UnknownCallsService;
  prices: ModelPriceTable = {};
  instanceId!: InstanceId;
  runId!: RunId;
  /** What asking for the instance fails with. */
  missing: Error | undefined;
  logged = '';
  readonly #logger = pino({ level: 'info' }, { write: (line: string) => void (this.logged += line) });
  readonly #folders: string[] = [];
  readonly #journals: UsageJournal[] = [];

  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
    private readonly workerSource: DataSource,
    readonly bus: EventBus,
  ) {
    const requireKnown = () => (this.missing ? Promise.reject(this.missing) : Promise.resolve());
    this.shared = { source: dataSource, instances: { requireKnown } };
    const pager = new Pager({ masterSecret: Buffer.alloc(32), defaultLimit: 20, maxLimit: 100 });
    this.service = new UsageService({ ...this.shared, bus });
    this.unknownCalls = new UnknownCallsService({ ...this.shared, pager });
  }

  static async create(bus: EventBus = new MemoryEventBus()): Promise<UsageRig> {
    const database = await createTestDatabase();
    const options = { url: database.url, entities: [], migrations: [], logger: pino({ level: 'silent' }) };
    await migrateDatabase(database.url, options.logger);
    const owner = await createDataSource({ ...options, poolSize: 4 }).initialize();
    const worker = await createDataSource({ ...options, poolSize: 4, role: 'triaged_worker' }).initialize();
    return new UsageRig(database, owner, worker, bus);
  }

  get url(): string {
    return this.database.url;
  }

  async close(): Promise<void> {
    this.closeFiles();
    await Promise.all([this.dataSource.destroy(), this.workerSource.destroy(), this.bus.close()]);
    await this.database.close();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  /** Another instance with another run, and nothing logged yet. */
  async newRun(): Promise<void> {
    [this.instanceId, this.runId, this.missing, this.logged] = [newInstanceId(), newRunId(), undefined, ''];
    this.prices = {};
    const whose = [this.tenantId, this.instanceId];
    const insert = (statement: string, values: unknown[]) => this.dataSource.query(`INSERT INTO ${statement}`, values);
    await insert(`instances (tenant_id, id, name) VALUES ($1, $2, $3)`, [...whose, this.instanceId]);
    await insert(
      `ai_agent_configurations (tenant_id, instance_id, ai_agent, revision) VALUES ($1, $2, 'CLAUDE_CODE', 1)`,
      whose,
    );
    await insert(
      `credentials (tenant_id, instance_id, ai_agent, version, sealed, fingerprint)
       VALUES ($1, $2, 'CLAUDE_CODE', 1, '\\x00', 'f')`,
      whose,
    );
    await insert(
      `triage_runs (tenant_id, instance_id, id, ai_agent, configuration_revision, credential_version, model, prompt,
         incident, timeout_seconds, memory_bytes, input_digest, runtime, model_upstream)
       VALUES ($1, $2, $3, 'CLAUDE_CODE', 1, 1, 'sonnet', 'p', '{}', 60, 1024, '\\x00', 'FAKE', 'MOCK')`,
      [...whose, this.runId],
    );
  }

  /** A call of the run. */
  call(more: Partial<ModelCall> = {}): ModelCall {
    const { tenantId, instanceId, runId } = this;
    return modelCall({ tenantId, instanceId, runId, ...more });
  }

  /** Begun and ended. */
  record(journal: UsageJournal, more: Partial<ModelCall> = {}): ModelCall {
    return record(journal, this.call(more));
  }

  /** A server's metering, started. One that is not closed stands for a server that was killed. */
  async meter({ directory, left = [], segmentBytes, failing = 'no' }: MeterOptions = {}) {
    const prices = new ModelPrices(this.prices);
    const folder = directory ?? this.#newFolder();
    const journal = new UsageJournal({
      id: folder,
      directory: folder,
      logger: this.#logger,
      ...(segmentBytes && { segmentBytes }),
    });
    const store = new FaultyStore({ dataSource: this.workerSource, prices });
    store.failing = failing;
    const { bus } = this;
    const folders = { takeOver: async () => [...left, folder].map(leftIn) };
    const logger = this.#logger;
    const meter = new UsageMeter({ journal, folders, store, prices, bus, logger, flushIntervalMs: 60_000 });
    await meter.start();
    this.#journals.push(journal);
    return { journal, store, meter, directory: folder };
  }

  /** Servers that a test killed have let go of their files. */
  closeFiles(): void {
    for (const journal of this.#journals.splice(0)) journal.close();
  }

  /** How far the segments of a folder were applied. */
  async appliedSegments(directory: string): Promise<number[]> {
    const rows = await this.dataSource.query<{ applied: number }[]>(
      `SELECT applied_to::float8 AS applied FROM usage_journals WHERE journal_id = $1`,
      [directory],
    );
    return rows.map(({ applied }) => applied);
  }

  async figuresOfRun(): Promise<Record<string, string>> {
    const [row] = await this.dataSource.query<[Record<string, string>]>(`SELECT * FROM triage_runs WHERE id = $1`, [
      this.runId,
    ]);
    return row;
  }

  #newFolder(): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'usage-'));
    this.#folders.push(folder);
    return folder;
  }
}
