import type { DataSource } from 'typeorm';
import type { RunId, TenantId } from '../../kernel/ids.js';
import type { RunReport } from './run-report.js';

const NONE: RunReport = {
  report: null,
  problem: { code: 'MISSING', path: null, message: 'The run ended before an agent could report.' },
};

/** The reports of ended runs; RunStore writes them with the end. */
export class RunReportStore {
  constructor(private readonly dataSource: Pick<DataSource, 'query'>) {}

  async get(tenantId: TenantId, runId: RunId): Promise<RunReport> {
    const [row] = await this.dataSource.query<[RunReport?]>(
      `SELECT report, problem FROM triage_reports WHERE tenant_id = $1 AND run_id = $2`,
      [tenantId, runId],
    );
    return row ?? NONE;
  }
}
