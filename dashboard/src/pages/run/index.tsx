import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'wouter';
import { ErrorBox, isUnderWay, Page, Spinner } from '../../ui/index.js';
import { ArtifactsPanel } from './artifacts-panel.js';
import { LogPanel, type CitedPlace } from './log/log-panel.js';
import { PromptPanel } from './prompt-panel.js';
import { ReportPanel } from './report-panel.js';
import { RunActions } from './run-actions.js';
import { RunFacts, RunNotices } from './run-facts.js';
import './run.css';
import { useRun, type Run } from './use-run.js';

const VIEWS = [
  ['log', 'Log'],
  ['report', 'Report'],
  ['prompt', 'Prompt'],
  ['artifacts', 'Artifacts'],
] as const;
type View = (typeof VIEWS)[number][0];

const viewOf = (text: string | null): View | undefined => VIEWS.find(([view]) => view === text)?.[0];

function citedPlace(search: URLSearchParams): CitedPlace | undefined {
  const [offset, length] = [Number(search.get('at') ?? NaN), Number(search.get('length') ?? NaN)];
  return Number.isSafeInteger(offset) && Number.isSafeInteger(length) ? { offset, length } : undefined;
}

function RunContent({ run }: { readonly run: Run }) {
  const [search] = useSearchParams();
  const [wasUnderWay] = useState(isUnderWay(run.state));
  // Who comes after the end wants what came of it.
  const view = viewOf(search.get('view')) ?? (wasUnderWay || run.state !== 'SUCCEEDED' ? 'log' : 'report');
  const cited = citedPlace(search);
  return (
    <>
      <RunFacts run={run} />
      <RunNotices run={run} />
      {wasUnderWay && run.state === 'SUCCEEDED' && view === 'log' && (
        <p className="run-notice run-notice-good" role="status">
          The run is done. <Link href={`/runs/${run.id}?view=report`}>Read its report</Link>
        </p>
      )}
      <nav className="run-views" aria-label="Parts of the run">
        {VIEWS.map(([each, word]) => (
          <Link key={each} href={`/runs/${run.id}?view=${each}`} aria-current={view === each ? 'page' : undefined}>
            {word}
            {each === 'artifacts' && run.artifactCount > 0 && <span className="soft"> {run.artifactCount}</span>}
          </Link>
        ))}
      </nav>
      {!run.expiredAt && (
        <div className="run-log" hidden={view !== 'log'}>
          <LogPanel
            runId={run.id}
            aiAgent={run.aiAgent}
            fileName={run.log.fileName}
            followsAtFirst={wasUnderWay}
            cited={view === 'log' ? cited : undefined}
          />
        </div>
      )}
      {view === 'report' && <ReportPanel run={run} />}
      {view === 'prompt' && <PromptPanel run={run} />}
      {view === 'artifacts' && <ArtifactsPanel run={run} />}
    </>
  );
}

function RunOf({ id }: { readonly id: string }) {
  const { run, problem, look } = useRun(id);
  return (
    <Page title={`Run ${id.slice(0, 8)}`} actions={run && <RunActions run={run} onChanged={look} />}>
      {problem && <ErrorBox problem={problem} onRetry={look} />}
      {!run && !problem && <Spinner />}
      {run && <RunContent run={run} />}
    </Page>
  );
}

export default function RunPage() {
  const { id = '' } = useParams();
  return <RunOf key={id} id={id} />;
}
