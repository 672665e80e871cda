import type { Findings } from './findings.js';
import { plainLine } from './incident-summary.js';

export const MOCK_NOTICE =
  "This is triaged's built-in mock, not a model: it plays a fixed script and understands nothing of the incident.";

/** The report in Markdown; the same findings give the same report. */
export function triageReport(findings: Findings | undefined): string {
  if (findings === undefined) {
    return `# Triage report\n\n> ${MOCK_NOTICE}\n\nThe request held no incident, so there is nothing to report on.\n`;
  }
  const { title, subject, namespace, message } = findings.incident;
  const { reason, cause, steps } = findings.cause;
  const lines = [
    `# Triage report: \`${title}\``,
    `> ${MOCK_NOTICE}`,
    '## What and where',
    [
      `- Object: \`${subject}\``,
      ...(namespace ? [`- Namespace: \`${namespace}\``] : []),
      `- Reason: ${reason}`,
      ...(message ? [`- Reported: \`${message}\``] : []),
    ].join('\n'),
    '## Likely cause',
    cause,
    ...evidenceLines(findings),
    '## Next steps',
    steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
  ];
  return `${lines.join('\n\n')}\n`;
}

const evidenceLines = ({ evidence }: Findings): string[] =>
  evidence.length === 0
    ? []
    : [
        '## Evidence',
        evidence.map(({ quote, source }) => `- ${plainLine(source)}: \`${plainLine(quote)}\``).join('\n'),
      ];

/** The report in one sentence. */
export function triageConclusion(findings: Findings | undefined): string {
  if (findings === undefined) return 'The request held no incident.';
  const { reason, cause } = findings.cause;
  return `Likely cause of \`${findings.incident.title}\`: ${reason}. ${cause}`;
}
