import type { DataSource } from 'typeorm';
import type { ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import type { RunId } from '../../kernel/ids.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import type { NetworkRecord } from '../egress/index.js';
import { LOCKED_IN_ORDER } from '../../kernel/run-locks.js';
import type { RunRefusal } from '../limits/index.js';
import type { TokenFigures } from '../usage/index.js';
import type { RunPolicy } from './run-policy.js';
import { NEXT_IN_TURN } from './run-queue.js';
import type { RunTimes } from './run-observer.js';
import type { RunReport } from './run-report.js';
import type { EndedState, RunReason } from './run-state.js';
import { FORSAKEN, FORSAKEN_MINUTES } from './run-verdict.js';
import type { ModelCallFigures, StopReason } from './run-verdict.js';
import { TriageRunEntity } from './triage-run.entity.js';
import type { RuntimeKind } from './triage-run.entity.js';
import type { TokenTotals } from './usage-drift.js';

export const LEASE_SECONDS = 15;

/** A run of whatever tenant. */
export type RunKey = Pick<TriageRunEntity, 'tenantId' | 'id'>;

/** A run as one of its owners knows it. */
export interface RunFence {
  readonly id: RunId;
  readonly fence: number;
}

export interface RunEnding {
  readonly state: EndedState;
  readonly reason: RunReason | undefined;
  readonly exitCode: number | null;
  readonly logBytes: number;
  readonly logComplete: boolean;
  readonly logTruncated: boolean;
  readonly logMasked: boolean;
  readonly network: NetworkRecord;
  readonly report: RunReport;
  /** What its CLI said that it used, and by how far that is off. */
  readonly reportedTokens: TokenFigures | null;
  readonly usageDrift: number | null;
}

/** What others may ask of a run's owner. */
export type StopRequest = Extract<StopReason, 'cancel' | 'revoked'>;

const STOP_REQUEST = `CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancel' WHEN credential_revoked_at IS NOT NULL THEN 'revoked' END`;
const HELD = `state IN ('PREPARING', 'RUNNING')`;
/** For a server of the group $1. */
const IS_FORSAKEN = `${HELD} AND run_group <> $1 AND lease_expires_at < clock_timestamp() - interval '${FORSAKEN_MINUTES} minutes'`;
const byAge = (one: TriageRunEntity, other: TriageRunEntity): number =>
  one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);
const NEW_LEASE = `clock_timestamp() + interval '${LEASE_SECONDS} seconds'`;

/**
 * What a worker does to runs of all tenants. Leases are told by the database's clock. Every write of a held run bears its
 * fence and answers false when a later owner has taken the run, or it has ended.
 */
export class RunStore {
  constructor(
    private readonly deps: {
      readonly dataSource: DataSource;
      /** May see of runs what is written here; what a run was asked is read as its tenant. */
      readonly workerSource: DataSource;
      readonly workerId: string;
      readonly policy: Pick<RunPolicy, 'maxConcurrentRuns'>;
      /** Of the servers that see the same containers and run folder: they alone take up each other's runs. */
      readonly runGroup: string;
      /** What a run that is taken from the queue is carried out by. */
      readonly runtime: RuntimeKind;
    },
  ) {}

  /** Takes queued runs of whatever server, tenants in turn. */
  claimQueued(limit: number): Promise<TriageRunEntity[]> {
    return this.#claim(NEXT_IN_TURN, limit, JSON.stringify(this.deps.policy.maxConcurrentRuns()));
  }

  /** Takes its group's runs whose lease has run out, and those of this worker's earlier life: all of its own but the held ones. */
  claimAbandoned(held: readonly RunId[]): Promise<TriageRunEntity[]> {
    return this.#claim(
      `SELECT id FROM triage_runs WHERE ${HELD} AND run_group = $2 AND id <> ALL ($4::uuid[])
        AND (lease_expires_at < clock_timestamp() OR lease_owner = $1) FOR UPDATE SKIP LOCKED`,
      held,
    );
  }

  /** Runs of other groups whose leases ran out FORSAKEN_MINUTES ago: a group with a server takes its own up within seconds. */
  async forsaken(): Promise<RunId[]> {
    const rows = await this.deps.workerSource.query<{ id: RunId }[]>(
      `SELECT id FROM triage_runs WHERE ${IS_FORSAKEN}`,
      [this.deps.runGroup],
    );
    return rows.map(({ id }) => id);
  }

  /** Ends as LOST those of the given runs that still are. Their logs lie where their group's servers find them, should one come back. */
  async endForsaken(among: readonly RunId[]): Promise<RunKey[]> {
    const problem = { code: 'MISSING', path: null, message: FORSAKEN.message } satisfies RunReport['problem'];
    return this.deps.workerSource.query<RunKey[]>(
      `WITH forsaken AS (
        SELECT id FROM triage_runs WHERE ${IS_FORSAKEN} AND id = ANY ($5::uuid[]) FOR UPDATE SKIP LOCKED
      ), ended AS (
        UPDATE triage_runs AS run SET state = 'LOST', reason_code = $2, reason_message = $3, log_complete = false,
          ended_at = clock_timestamp(), lease_owner = NULL, lease_expires_at = NULL, fence = fence + 1
        FROM forsaken WHERE run.id = forsaken.id RETURNING run.tenant_id, run.id
      ), reported AS (
        INSERT INTO triage_reports (tenant_id, run_id, problem) SELECT tenant_id, id, $4 FROM ended
      )
      SELECT tenant_id AS "tenantId", id FROM ended`,
      [this.deps.runGroup, FORSAKEN.code, FORSAKEN.message, JSON.stringify(problem), among],
    );
  }

  /** Null when it is not there any more. */
  find({ tenantId, id }: RunKey): Promise<TriageRunEntity | null> {
    return inTenant(tenantId, () => this.deps.dataSource.manager.findOneBy(TriageRunEntity, { tenantId, id }));
  }

  /** Prolongs leases; what is missing in the answer is no longer the caller's. */
  async renew(runs: readonly RunFence[]): Promise<Map<RunId, { readonly stop: StopRequest | undefined }>> {
    const rows = await this.#write<{ id: RunId; stop: StopRequest | null }>(
      `WITH held AS (
          SELECT id FROM triage_runs
            WHERE (id, fence) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[])) AND ${HELD}
            ${LOCKED_IN_ORDER}
        )
        UPDATE triage_runs AS run SET lease_expires_at = ${NEW_LEASE} FROM held WHERE run.id = held.id
        RETURNING run.id, ${STOP_REQUEST} AS stop`,
      [runs.map(({ id }) => id), runs.map(({ fence }) => fence)],
    );
    return new Map(rows.map((row) => [row.id, { stop: row.stop ?? undefined }]));
  }

  /** Lets go at once, so that the next worker need not wait. */
  async release(run: RunFence): Promise<void> {
    await this.#update(run, `lease_expires_at = clock_timestamp()`);
  }

  /** Whether the caller still owns the run. */
  async isHeld({ id, fence }: RunFence): Promise<boolean> {
    const rows = await this.deps.workerSource.query<unknown[]>(
      `SELECT FROM triage_runs WHERE id = $1 AND fence = $2 AND ${HELD}`,
      [id, fence],
    );
    return rows.length > 0;
  }

  /** The first call's time stands. */
  markStarted(run: RunFence): Promise<boolean> {
    return this.#update(run, `state = 'RUNNING', started_at = coalesce(started_at, clock_timestamp())`);
  }

  keepReport(run: RunFence, report: ExitReport): Promise<boolean> {
    return this.#update(run, `exit_report = $3`, JSON.stringify(report));
  }

  keepNetwork(run: RunFence, record: NetworkRecord): Promise<boolean> {
    return this.#update(run, `network = $3`, JSON.stringify(record));
  }

  /** Undefined: the latest model call was let through. */
  keepRefusal(run: RunFence, refusal: RunRefusal | undefined): Promise<boolean> {
    return this.#update(run, `refusal = $3`, refusal ? JSON.stringify(refusal) : null);
  }

  /** The end and the report in one statement: whoever sees the one sees the other. Undefined when the run is another's. */
  async end(run: RunFence, ending: RunEnding): Promise<RunTimes | undefined> {
    const { report, problem } = ending.report;
    const [times] = await this.deps.workerSource.query<[RunTimes?]>(
      `WITH ended AS (
        UPDATE triage_runs SET state = $3, reason_code = $4, reason_message = $5, exit_code = $6, log_bytes = $7,
          log_complete = $8, log_truncated = $9, network = $10, log_masked = $13, reported_tokens = $14, usage_drift = $15, ended_at = clock_timestamp(), lease_owner = NULL, lease_expires_at = NULL
        WHERE id = $1 AND fence = $2 AND ${HELD} RETURNING tenant_id, id, started_at, ended_at
      ), reported AS (
        INSERT INTO triage_reports (tenant_id, run_id, report, problem) SELECT tenant_id, id, $11, $12 FROM ended
      )
      SELECT started_at AS "startedAt", ended_at AS "endedAt" FROM ended`,
      [
        run.id,
        run.fence,
        ending.state,
        ending.reason?.code ?? null,
        ending.reason?.message ?? null,
        ending.exitCode,
        ending.logBytes,
        ending.logComplete,
        ending.logTruncated,
        JSON.stringify(ending.network),
        report && JSON.stringify(report),
        problem && JSON.stringify(problem),
        ending.logMasked,
        ending.reportedTokens && JSON.stringify(ending.reportedTokens),
        ending.usageDrift,
      ],
    );
    return times;
  }

  /** As far as they were written; undefined when the end of one is not known. */
  async modelCalls(id: RunId): Promise<(ModelCallFigures & TokenTotals) | undefined> {
    const [row] = await this.deps.workerSource.query<[(ModelCallFigures & TokenTotals)?]>(
      `SELECT request_count::float8 AS "requestCount", error_count::float8 AS "errorCount",
        (input_tokens + cache_read_tokens + cache_write_tokens)::float8 AS "inputTokens",
        (output_tokens + reasoning_tokens)::float8 AS "outputTokens"
        FROM triage_runs WHERE id = $1 AND unknown_count = 0`,
      [id],
    );
    return row;
  }

  /** Those of the given runs that have not ended. */
  async open(among: readonly RunId[]): Promise<Set<RunId>> {
    return new Set(await this.#among(among, 'ended_at IS NULL'));
  }

  /** Those of the given runs that have ended; not those that this database does not know. */
  ended(among: readonly RunId[]): Promise<RunId[]> {
    return this.#among(among, 'ended_at IS NOT NULL');
  }

  async stopRequest(id: RunId): Promise<StopRequest | undefined> {
    const [row] = await this.deps.workerSource.query<[{ stop: StopRequest | null }?]>(
      `SELECT ${STOP_REQUEST} AS stop FROM triage_runs WHERE id = $1`,
      [id],
    );
    return row?.stop ?? undefined;
  }

  /** Whole seconds since the agent's start; undefined before it. */
  async secondsSinceStart(id: RunId): Promise<number | undefined> {
    const [row] = await this.deps.workerSource.query<[{ seconds: number | null }?]>(
      `SELECT extract(epoch FROM clock_timestamp() - started_at)::float8 AS seconds FROM triage_runs WHERE id = $1`,
      [id],
    );
    return row?.seconds ?? undefined;
  }

  async #among(runs: readonly RunId[], condition: string): Promise<RunId[]> {
    const rows = await this.deps.workerSource.query<{ id: RunId }[]>(
      `SELECT id FROM triage_runs WHERE id = ANY ($1::uuid[]) AND ${condition}`,
      [runs],
    );
    return rows.map(({ id }) => id);
  }

  /** The candidates, locked, stand in an array because `IN` may look for them anew for each row, past their limit. */
  async #claim(candidates: string, ...parameters: unknown[]): Promise<TriageRunEntity[]> {
    const { workerId, runGroup, runtime } = this.deps;
    const claimed = await this.#write<RunKey>(
      `UPDATE triage_runs SET state = CASE state WHEN 'QUEUED' THEN 'PREPARING' ELSE state END,
        runtime = CASE state WHEN 'QUEUED' THEN $3 ELSE runtime END,
        run_group = $2, lease_owner = $1, lease_expires_at = ${NEW_LEASE}, fence = fence + 1,
        claimed_at = coalesce(claimed_at, clock_timestamp())
        WHERE id = ANY (ARRAY(${candidates})) RETURNING tenant_id AS "tenantId", id`,
      [workerId, runGroup, runtime, ...parameters],
    );
    const runs = await Promise.all(claimed.map((run) => this.#read(run)));
    return runs.filter((run) => run !== null).sort(byAge);
  }

  /** Null when another worker has taken it since. */
  #read({ tenantId, id }: RunKey): Promise<TriageRunEntity | null> {
    const where = { tenantId, id, leaseOwner: this.deps.workerId };
    return inTenant(tenantId, () => this.deps.dataSource.manager.findOneBy(TriageRunEntity, where));
  }

  async #update(run: RunFence, assignments: string, ...values: unknown[]): Promise<boolean> {
    const rows = await this.#write(
      `UPDATE triage_runs SET ${assignments} WHERE id = $1 AND fence = $2 AND ${HELD} RETURNING id`,
      [run.id, run.fence, ...values],
    );
    return rows.length > 0;
  }

  /** TypeORM answers an UPDATE with its rows and their number. */
  async #write<T>(statement: string, parameters: unknown[]): Promise<T[]> {
    const [rows] = await this.deps.workerSource.query<[T[], number]>(statement, parameters);
    return rows;
  }
}
