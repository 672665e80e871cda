import { useQuery } from 'urql';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { InstanceDocument } from '../../../../sdk/src/generated/graphql.js';
import { documentOf } from '../../api/index.js';
import {
  AI_AGENT_NAMES,
  exactDuration,
  isUnderWay,
  Money,
  RelativeTime,
  RunState,
  safeText,
  Tokens,
  useNow,
} from '../../ui/index.js';
import type { Run } from './use-run.js';

const Fact = ({ word, children }: { readonly word: string; readonly children: ReactNode }) => (
  <div>
    <dt>{word}</dt>
    <dd>{children}</dd>
  </div>
);

function Duration({ run }: { readonly run: Run }) {
  const now = useNow();
  if (!run.startedAt) return '–';
  const end = run.endedAt ? Date.parse(run.endedAt) : now;
  return <span title={`of at most ${run.timeoutSeconds} s`}>{exactDuration(end - Date.parse(run.startedAt))}</span>;
}

/** What a run is and what it took, in one line on a wide screen. */
export function RunFacts({ run }: { readonly run: Run }) {
  const [{ data }] = useQuery({ query: documentOf(InstanceDocument), variables: { id: run.instanceId } });
  return (
    <dl className="run-facts">
      <Fact word="State">
        <RunState state={run.state} />
        {isUnderWay(run.state) && run.cancelRequestedAt && <span className="soft"> being cancelled</span>}
      </Fact>
      <Fact word="AI agent">{AI_AGENT_NAMES[run.aiAgent]}</Fact>
      <Fact word="Model">{run.model}</Fact>
      <Fact word="Cluster">{run.cluster ? safeText(run.cluster.name) : <span className="soft">none</span>}</Fact>
      <Fact word="Instance">
        <Link href={`/instances/${run.instanceId}`}>
          {data ? safeText(data.instance.name) : run.instanceId.slice(0, 8)}
        </Link>
      </Fact>
      <Fact word="Age">
        <RelativeTime at={run.createdAt} />
      </Fact>
      <Fact word="Took">
        <Duration run={run} />
      </Fact>
      <Fact word="Tokens">
        <Tokens count={run.usage.tokenCount} />
      </Fact>
      <Fact word="Cost">
        <Money usd={run.usage.estimatedCost ?? null} />
      </Fact>
      {run.modelUpstream === 'MOCK' && (
        <Fact word="Answers">
          <span title="The built-in mock answered its model calls: no model was asked.">built-in mock</span>
        </Fact>
      )}
    </dl>
  );
}

/** What to know before anything else: the place in the queue, why it failed, that its log is gone. */
export function RunNotices({ run }: { readonly run: Run }) {
  return (
    <>
      {run.state === 'QUEUED' && (
        <p className="run-notice" role="status">
          {typeof run.queuePosition === 'number'
            ? `It waits for a free place: number ${run.queuePosition} of your queue.`
            : 'It waits for a free place.'}
        </p>
      )}
      {run.failure && (
        <div className="run-notice run-notice-bad">
          <strong>{run.failure.code.toLowerCase().replaceAll('_', ' ')}</strong>
          <span>{safeText(run.failure.message)}</span>
        </div>
      )}
      {run.log.truncated && <p className="run-notice">The log reached its limit: what came later is not in it.</p>}
      {run.log.masked && (
        <p className="run-notice">The log held secrets. Each of their bytes is shown as a star, and was kept so.</p>
      )}
      {run.expiredAt && (
        <p className="run-notice">Log and artifacts of this run are no longer kept. Report and usage stay.</p>
      )}
    </>
  );
}
