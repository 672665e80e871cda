import type { Findings } from './findings.js';
import { MOCK_NOTICE } from './triage-report.js';

/** The report as schema/triage-report.schema.json wants it. */
export function reportJson(findings: Findings | undefined): string {
  return `${JSON.stringify(findings ? reportOf(findings) : NO_INCIDENT, null, 2)}\n`;
}

const NO_INCIDENT = {
  schemaVersion: 1,
  outcome: 'UNDETERMINED',
  summary: `The request held no incident. ${MOCK_NOTICE}`,
  evidence: [],
  ruledOut: [],
  recommendedActions: [],
  missing: ['An incident in the request.'],
};

function reportOf({ incident, cause, isShown, evidence }: Findings): object {
  const common = {
    evidence: evidence.map(({ quote, source }) => ({ statement: `Seen in ${source}.`, quote, source })),
    ruledOut: [],
    recommendedActions: cause.steps.map((action) => ({ action, risk: 'LOW' })),
  };
  if (!isShown) {
    return {
      schemaVersion: 1,
      outcome: 'UNDETERMINED',
      summary: `${incident.title}: no cause is shown. ${MOCK_NOTICE}`,
      ...common,
      missing: ['Logs, events or a message that show why it happened.'],
    };
  }
  return {
    schemaVersion: 1,
    outcome: 'ROOT_CAUSE_FOUND',
    summary: `${incident.title}: ${cause.reason}. ${MOCK_NOTICE}`,
    rootCause: {
      statement: cause.cause,
      confidence: evidence.some(({ source }) => source.startsWith('kubectl')) ? 'MEDIUM' : 'LOW',
    },
    ...common,
    missing: [],
  };
}
