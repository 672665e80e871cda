import { likelyCause } from './likely-cause.js';
import { summarizeIncident } from './incident-summary.js';

export const MOCK_NOTICE =
  "This is triaged's built-in mock, not a model: it plays a fixed script and understands nothing of the incident.";

/** The report in Markdown; the same incident gives the same report. */
export function triageReport(incident: string | undefined): string {
  if (incident === undefined) {
    return `# Triage report\n\n> ${MOCK_NOTICE}\n\nThe request held no incident, so there is nothing to report on.\n`;
  }
  const { title, subject, namespace, message } = summarizeIncident(incident);
  const { reason, cause, steps } = likelyCause(incident);
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
    '## Next steps',
    steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
  ];
  return `${lines.join('\n\n')}\n`;
}

/** The report in one sentence. */
export function triageConclusion(incident: string | undefined): string {
  if (incident === undefined) return 'The request held no incident.';
  const { reason, cause } = likelyCause(incident);
  return `Likely cause of \`${summarizeIncident(incident).title}\`: ${reason}. ${cause}`;
}
