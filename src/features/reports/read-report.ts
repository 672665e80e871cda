import { open } from 'node:fs/promises';
import { triageReport } from './triage-report.js';
import type { TriageReport } from './triage-report.js';

export const MAX_REPORT_BYTES = 1024 * 1024;

/** Why there is no report. The message holds nothing of what the agent wrote but names of the report's own fields. */
export interface ReportProblem {
  readonly code: 'MISSING' | 'INVALID';
  /** The field that broke a rule, such as `evidence.2.quote`. */
  readonly path: string | null;
  readonly message: string;
}

export type ReportReading =
  | { readonly report: TriageReport; readonly problem?: never }
  | { readonly report?: never; readonly problem: ReportProblem };

const invalid = (message: string, path: string | null = null): ReportReading => ({
  problem: { code: 'INVALID', path, message },
});

/** Reads and checks a report; `file` is a regular file, or undefined when the agent left none. */
export async function readReport(file: string | undefined): Promise<ReportReading> {
  if (file === undefined) {
    return { problem: { code: 'MISSING', path: null, message: 'The agent left no report.json in its output folder.' } };
  }
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  if (size > MAX_REPORT_BYTES) return invalid(`The report may have ${MAX_REPORT_BYTES} bytes; this one has ${size}.`);
  return parseReport(await handle.readFile());
}

export function parseReport(bytes: Buffer): ReportReading {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return invalid('The report is not JSON in UTF-8.');
  }
  const { data, error } = triageReport.safeParse(value);
  if (data) return { report: data };
  const issue = error.issues[0]!;
  const path = issue.path.join('.');
  return invalid(`The report breaks its schema${path && ` at ${path}`}: ${issue.message}.`, path || null);
}
