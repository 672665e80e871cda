import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { TriageReportDocument, type TriageReportQuery } from '../../../../sdk/src/generated/graphql.js';
import { documentOf, problemOf } from '../../api/index.js';
import { Badge, CopyButton, Empty, ErrorBox, isUnderWay, safeTexts, Spinner } from '../../ui/index.js';
import type { Tone } from '../../ui/index.js';
import type { Run } from './use-run.js';

type Report = NonNullable<TriageReportQuery['triageRun']['report']>;
type Level = NonNullable<Report['rootCause']>['confidence'];

const RISKS: Readonly<Record<Level, Tone>> = { LOW: 'good', MEDIUM: 'warn', HIGH: 'bad' };
const CONFIDENCES: Readonly<Record<Level, Tone>> = { LOW: 'warn', MEDIUM: 'info', HIGH: 'good' };

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className="report-part">
    <h2>{title}</h2>
    {children}
  </section>
);

function Evidence({ runId, evidence }: { readonly runId: string; readonly evidence: Report['evidence'] }) {
  return (
    <ol className="report-evidence">
      {evidence.map(({ statement, quote, source, citation }, number) => (
        <li key={number}>
          <p>{statement}</p>
          <blockquote>{quote}</blockquote>
          <p className="report-source">
            <code>{source}</code>
            {citation ? (
              <Link href={`/runs/${runId}?view=log&at=${citation.offset}&length=${citation.length}`}>
                Show in the log
              </Link>
            ) : (
              <Badge tone="warn">Not in the log: only the agent vouches for it</Badge>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}

function ReportText({ runId, report }: { readonly runId: string; readonly report: Report }) {
  const { outcome, summary, rootCause, evidence, ruledOut, recommendedActions, missing } = report;
  return (
    <article className="panel report">
      <header className="row">
        <Badge tone={outcome === 'ROOT_CAUSE_FOUND' ? 'good' : 'warn'}>
          {outcome === 'ROOT_CAUSE_FOUND' ? 'Root cause found' : 'Undetermined'}
        </Badge>
        <span className="soft">The words of an agent. Check them before you act.</span>
      </header>
      <p className="report-summary">{summary}</p>
      {rootCause && (
        <Part title="Root cause">
          <p>{rootCause.statement}</p>
          <Badge tone={CONFIDENCES[rootCause.confidence]}>{rootCause.confidence.toLowerCase()} confidence</Badge>
        </Part>
      )}
      {evidence.length > 0 && (
        <Part title="Evidence">
          <Evidence runId={runId} evidence={evidence} />
        </Part>
      )}
      {recommendedActions.length > 0 && (
        <Part title="What to do">
          <ol className="report-actions">
            {recommendedActions.map(({ action, command, risk }, number) => (
              <li key={number}>
                <p>
                  {action} {risk && <Badge tone={RISKS[risk]}>{risk.toLowerCase()} risk</Badge>}
                </p>
                {command && (
                  <div className="report-command">
                    <pre tabIndex={0}>{command}</pre>
                    <CopyButton text={command} what="the command" />
                  </div>
                )}
              </li>
            ))}
          </ol>
        </Part>
      )}
      {ruledOut.length > 0 && (
        <Part title="Ruled out">
          <ul>
            {ruledOut.map(({ cause, because }, number) => (
              <li key={number}>
                {cause} <span className="soft">– {because}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {missing.length > 0 && (
        <Part title="Missing">
          <ul>
            {missing.map((each, number) => (
              <li key={number}>{each}</li>
            ))}
          </ul>
        </Part>
      )}
    </article>
  );
}

/** What the run found out, as text, with its evidence led back to the log. */
export function ReportPanel({ run }: { readonly run: Run }) {
  const goesOn = isUnderWay(run.state);
  const [{ data, error }, read] = useQuery({
    query: documentOf(TriageReportDocument),
    variables: { id: run.id },
    pause: goesOn,
  });
  if (goesOn) return <Empty title="No report yet">It is written at the end of the run.</Empty>;
  if (error) return <ErrorBox problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />;
  if (!data) return <Spinner />;
  const { report, reportProblem } = data.triageRun;
  if (report) return <ReportText runId={run.id} report={safeTexts(report)} />;
  return <Empty title="No report">{reportProblem ? safeTexts(reportProblem.message) : 'The run left none.'}</Empty>;
}
