import type { DataSource } from 'typeorm';
import type { KnownServer } from './server.js';

/** A server that was not seen for that long is not asked any more; three times its heartbeat. */
export const LIVE_SECONDS = 15;
/** Rows of servers that were killed and never came back go some time. */
const FORGET = '1 day';

/** The SQL side of knowing each other; by the database's clock. */
export class ServerStore {
  constructor(private readonly deps: { readonly dataSource: DataSource }) {}

  /** Says that the server is there. */
  async announce({ id, role, runGroup, url }: KnownServer): Promise<void> {
    await this.deps.dataSource.query(
      `WITH forgotten AS (DELETE FROM servers WHERE seen_at < clock_timestamp() - interval '${FORGET}')
      INSERT INTO servers (id, role, run_group, url, seen_at) VALUES ($1, $2, $3, $4, clock_timestamp())
      ON CONFLICT (id) DO UPDATE SET role = excluded.role, run_group = excluded.run_group, url = excluded.url,
        seen_at = excluded.seen_at`,
      [id, role, runGroup, url],
    );
  }

  async withdraw(id: string): Promise<void> {
    await this.deps.dataSource.query(`DELETE FROM servers WHERE id = $1`, [id]);
  }

  live(): Promise<KnownServer[]> {
    return this.deps.dataSource.query(
      `SELECT id, role, run_group AS "runGroup", url FROM servers
        WHERE seen_at > clock_timestamp() - interval '${LIVE_SECONDS} seconds' ORDER BY id`,
    );
  }

  /** The group that has the run; undefined while it is queued, and of a run that is not known. */
  async groupOf(runId: string): Promise<string | undefined> {
    const [row] = await this.deps.dataSource.query<[{ runGroup: string | null }?]>(
      `SELECT run_group AS "runGroup" FROM triage_runs WHERE id = $1`,
      [runId],
    );
    return row?.runGroup ?? undefined;
  }
}
