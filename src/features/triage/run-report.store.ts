import type { DataSource } from 'typeorm';
import { GatheredReads } from '../../kernel/gathered-reads.js';
import type { RunId, TenantId } from '../../kernel/ids.js';
import type { RunReport } from './run-report.js';

const NONE: RunReport = {
  report: null,
  problem: { code: 'MISSING', path: null, message: 'The run ended before an agent could report.' },
};

interface ReportPlace {
  readonly tenantId: TenantId;
  readonly runId: RunId;
}

/**
 * The reports of ended runs; RunStore writes them with the end. All that are asked for in one turn of the event loop are read in
 * one statement: a report and its problem, and those of a list.
 */
export class RunReportStore {
  readonly #reads = new GatheredReads((asked: readonly ReportPlace[]) => this.#read(asked));

  constructor(private readonly dataSource: Pick<DataSource, 'query'>) {}

  async get(tenantId: TenantId, runId: RunId): Promise<RunReport> {
    const reports = await this.#reads.ask(tenantId, { tenantId, runId });
    return reports.get(runId) ?? NONE;
  }

  async #read(asked: readonly ReportPlace[]): Promise<ReadonlyMap<RunId, RunReport>> {
    const rows = await this.dataSource.query<(RunReport & { readonly runId: RunId })[]>(
      `SELECT run_id AS "runId", report, problem FROM triage_reports WHERE tenant_id = $1 AND run_id = ANY ($2::uuid[])`,
      [asked[0]!.tenantId, [...new Set(asked.map(({ runId }) => runId))]],
    );
    return new Map(rows.map(({ runId, ...report }) => [runId, report]));
  }
}
