import type { DataSource } from 'typeorm';
import type { RunId } from '../../kernel/ids.js';
import type { Retention } from './run-policy.js';

export interface RetentionStoreDependencies {
  readonly workerSource: DataSource;
  readonly runGroup: string;
}

/** What retention asks and writes of runs of all tenants, by the database's clock. */
export class RetentionStore {
  constructor(private readonly deps: RetentionStoreDependencies) {}

  /** Marks ended runs whose time is over, at most `limit`, and gives them. One that is marked stays so. */
  async expire({ days, ofTenants }: Retention, limit: number): Promise<RunId[]> {
    const all = [days, ...Object.values(ofTenants)].filter((each) => each !== null);
    if (all.length === 0) return [];
    const [rows] = await this.deps.workerSource.query<[{ id: RunId }[], number]>(
      `UPDATE triage_runs SET expired_at = clock_timestamp() WHERE id = ANY (ARRAY(
        SELECT id FROM triage_runs
          WHERE ended_at IS NOT NULL AND expired_at IS NULL AND ended_at < clock_timestamp() - make_interval(days => $1)
            AND ended_at < clock_timestamp() - make_interval(days =>
              CASE WHEN $2::jsonb ? tenant_id THEN ($2::jsonb ->> tenant_id)::integer ELSE $3::integer END)
          ORDER BY ended_at LIMIT $4 FOR UPDATE SKIP LOCKED
      )) RETURNING id`,
      [Math.min(...all), JSON.stringify(ofTenants), days, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Of the runs that something lies in the run folder of: those that have expired, and those that no row knows. */
  async gone(among: readonly RunId[]): Promise<{ readonly expired: RunId[]; readonly unknown: RunId[] }> {
    const rows = await this.deps.workerSource.query<{ id: RunId; expired: boolean | null }[]>(
      `SELECT present.id, run.expired_at IS NOT NULL AS expired FROM unnest($1::uuid[]) AS present (id)
        LEFT JOIN triage_runs AS run USING (id) WHERE run.id IS NULL OR run.expired_at IS NOT NULL`,
      [among],
    );
    const of = (wanted: boolean): RunId[] => rows.flatMap(({ id, expired }) => (expired === wanted ? [id] : []));
    return { expired: of(true), unknown: of(false) };
  }

  /** Whether this database is the one whose runs lie in the run folder. */
  async knowsGroup(): Promise<boolean> {
    const rows = await this.deps.workerSource.query<unknown[]>(`SELECT FROM triage_runs WHERE run_group = $1 LIMIT 1`, [
      this.deps.runGroup,
    ]);
    return rows.length > 0;
  }
}
