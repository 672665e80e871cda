import type { DataSource } from 'typeorm';
import { GatheredReads } from '../../kernel/gathered-reads.js';
import type { RunId } from '../../kernel/ids.js';
import type { TriageRunEntity } from './triage-run.entity.js';

/** A run whose place may have been looked up with it. */
export type QueuedRun = TriageRunEntity & { readonly queuePosition?: number | null };

/** Where runs stand in their tenants' queues: all that are asked for in one turn of the event loop in one statement. */
export class QueuePositions {
  readonly #reads = new GatheredReads((asked: readonly TriageRunEntity[]) => this.#read(asked));

  constructor(private readonly dataSource: DataSource) {}

  /** 1: the next of its tenant's runs to start. Null when it is not QUEUED any more. */
  async of(run: TriageRunEntity): Promise<number | null> {
    if (run.state !== 'QUEUED') return null;
    const positions = await this.#reads.ask(run.tenantId, run);
    return positions.get(run.id) ?? null;
  }

  async #read(asked: readonly TriageRunEntity[]): Promise<ReadonlyMap<RunId, number>> {
    const rows = await this.dataSource.query<{ id: RunId; position: number }[]>(
      `SELECT id, position FROM (
        SELECT id, row_number() OVER (ORDER BY created_at, id)::integer AS position FROM triage_runs
          WHERE tenant_id = $1 AND state = 'QUEUED'
      ) AS queue WHERE id = ANY ($2::uuid[])`,
      [asked[0]!.tenantId, asked.map(({ id }) => id)],
    );
    return new Map(rows.map(({ id, position }) => [id, position]));
  }
}
