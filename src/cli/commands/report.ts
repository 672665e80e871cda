import type { TriageReportQuery } from '../../../sdk/src/generated/graphql.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { paint, type Paint } from '../output/paint.js';
import { terminalText } from '../../../sdk/src/renderer/index.js';
import type { Session } from '../session.js';
import { runId } from './resolve.js';

type Report = NonNullable<TriageReportQuery['triageRun']['report']>;

/** Every text of a report is an agent's, which read what strangers wrote. */
export async function showReport(
  { client, out, answer }: Session,
  _options: object,
  id = '',
): Promise<ExitCode | undefined> {
  const run = await client.triageReport(runId(id));
  const { report, reportProblem, state } = run;
  if (report) {
    await answer(run, () => renderReport(report, out.colour));
    return EXIT.ok;
  }
  const why = reportProblem
    ? `${reportProblem.message}${reportProblem.path ? ` (${reportProblem.path})` : ''}`
    : 'it has not ended yet';
  throw new CommandFailure(EXIT.failed, `The run is ${state} and has no report: ${why}`);
}

/** As text for a person: colours of the texts themselves are left out, so that none can pass for a heading. */
export function renderReport(report: Report, colour: boolean): string {
  const head = (text: string, style: Paint = 'bold') => `${paint(text, colour ? style : undefined)}\n`;
  const item = (text: string, sign = '-') => `${sign} ${indented(text)}\n`;
  const section = (name: string, items: readonly string[]) =>
    items.length === 0 ? '' : `\n${head(name)}${items.join('')}`;
  const { rootCause } = report;
  const outcome = rootCause
    ? head(`Root cause, confidence ${rootCause.confidence}`, 'green') + item(rootCause.statement, ' ')
    : head('Undetermined', 'yellow');
  return [
    outcome,
    section('Summary', [item(report.summary, ' ')]),
    section(
      'Evidence',
      report.evidence.map((each) => evidenceText(each, item)),
    ),
    section(
      'Ruled out',
      report.ruledOut.map(({ cause, because }) => item(`${cause}\n${because}`)),
    ),
    section(
      'What to do',
      report.recommendedActions.map(({ action, command, risk }) =>
        item([action, ...(command ? [`$ ${command}`] : []), ...(risk ? [`risk ${risk}`] : [])].join('\n')),
      ),
    ),
    section(
      'What is missing',
      report.missing.map((text) => item(text)),
    ),
  ].join('');
}

function evidenceText(
  { statement, quote, source, citation }: Report['evidence'][number],
  item: (text: string) => string,
) {
  const place = citation
    ? `in the log at byte ${citation.offset}`
    : 'not found in the log: only the agent vouches for it';
  return item(`${statement}\n> ${quote.replaceAll('\n', '\n> ')}\n${source} (${place})`);
}

const indented = (text: string): string => terminalText(text, false).trimEnd().replaceAll('\n', '\n  ');
