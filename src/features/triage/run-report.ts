import type { RunId } from '../../kernel/ids.js';
import type { ArtifactStore } from '../artifacts/index.js';
import { findQuotes, readReport } from '../reports/index.js';
import type { Citation, ReportProblem, TriageReport } from '../reports/index.js';
import type { RunLogReader } from '../run-log/index.js';

type Evidence = TriageReport['evidence'][number];

/** A report whose quotes were looked up in the run log: null where one is not there. */
export type CitedReport = Omit<TriageReport, 'evidence'> & {
  readonly evidence: readonly (Evidence & { readonly citation: Citation | null })[];
};

/** Exactly one of the two. */
export interface RunReport {
  readonly report: CitedReport | null;
  readonly problem: ReportProblem | null;
}

export interface RunReportDependencies {
  readonly artifacts: Pick<ArtifactStore, 'path'>;
  readonly logs: Pick<RunLogReader, 'read'>;
}

/** Reads what the run left as its report. The log must have ended. */
export async function collectReport({ artifacts, logs }: RunReportDependencies, runId: RunId): Promise<RunReport> {
  const { report, problem } = await readReport(await artifacts.path(runId, 'output/report.json'));
  if (!report) return { report: null, problem };
  const quotes = report.evidence.map(({ quote }) => quote);
  const citations = await findQuotes((offset, length) => logs.read(runId, offset, length), quotes);
  const evidence = report.evidence.map((each, index) => ({ ...each, citation: citations[index] ?? null }));
  return { report: { ...report, evidence }, problem: null };
}
