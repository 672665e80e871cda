export { findQuotes } from './quote-search.js';
export type { Citation } from './quote-search.js';
export { readReport } from './read-report.js';
export type { ReportProblem } from './read-report.js';
export { MAX_REPORT_ITEMS, REPORT_LEVELS, REPORT_OUTCOMES, reportJsonSchema } from './triage-report.js';
export type { TriageReport } from './triage-report.js';
