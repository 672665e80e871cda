import { useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { RunListDocument } from '../../../../sdk/src/generated/graphql.js';
import type { RunListFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { useCan, usePages, usePolling } from '../../api/index.js';
import {
  AI_AGENT_NAMES,
  Button,
  Empty,
  ErrorBox,
  exactDuration,
  isUnderWay,
  LoadMore,
  Money,
  Page,
  PlusIcon,
  RelativeTime,
  RunState,
  Skeleton,
  Table,
  Tokens,
  useNow,
} from '../../ui/index.js';
import type { Column } from '../../ui/index.js';
import { addressOfFilter, apiFilterOf, filterOfAddress, isFiltered } from './run-filter.js';
import type { ChosenFilter } from './run-filter.js';
import { RunFilters } from './run-filters.js';
import { useLiveRuns } from './use-live-runs.js';
import { useNames } from './use-names.js';
import type { Names } from './use-names.js';
import './runs.css';

const LOOK_EVERY_MS = 10_000;
const PAGE_SIZE = 50;

/** How long a run has gone on, or went on. */
function Duration({ startedAt, endedAt }: Pick<RunListFieldsFragment, 'startedAt' | 'endedAt'>) {
  const now = useNow();
  if (startedAt == null) return null;
  const took = (endedAt == null ? now : Date.parse(endedAt)) - Date.parse(startedAt);
  return <span className="soft">{endedAt == null ? `for ${exactDuration(took)}` : `took ${exactDuration(took)}`}</span>;
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0]!.slice(0, 200);

const columnsFor = (instances: Names): readonly Column<RunListFieldsFragment>[] => [
  {
    head: 'Run',
    kind: 'main',
    cell: ({ id, prompt, failure }) => (
      <div className="two-lines run-name">
        <Link href={`/runs/${id}`}>{firstLine(prompt)}</Link>
        <span className="soft">
          <code>{id.slice(0, 8)}</code>
          {failure && <> · {firstLine(failure.message)}</>}
        </span>
      </div>
    ),
  },
  { head: 'State', cell: ({ state }) => <RunState state={state} /> },
  {
    head: 'AI agent',
    cell: ({ aiAgent, model }) => (
      <div className="two-lines">
        {AI_AGENT_NAMES[aiAgent]}
        <span className="soft">{model}</span>
      </div>
    ),
  },
  {
    head: 'Instance, cluster',
    cell: ({ instanceId, cluster }) => (
      <div className="two-lines">
        {instances.get(instanceId) ?? <code>{instanceId.slice(0, 8)}</code>}
        <span className="soft">{cluster?.name ?? 'no cluster'}</span>
      </div>
    ),
  },
  {
    head: 'Age',
    cell: (run) => (
      <div className="two-lines">
        <RelativeTime at={run.createdAt} />
        <Duration {...run} />
      </div>
    ),
  },
  { head: 'Tokens', kind: 'number', cell: ({ usage }) => <Tokens count={usage.tokenCount} /> },
  { head: 'Cost', kind: 'number', cell: ({ usage }) => <Money usd={usage.estimatedCost ?? null} /> },
];

function StartLink() {
  const [, go] = useLocation();
  return (
    <Button kind="primary" onClick={() => go('/triage')}>
      <PlusIcon /> Start a triage
    </Button>
  );
}

/** Every run of the tenant, newest first; those under way as they change. */
export default function RunsPage() {
  const [address, setAddress] = useSearchParams();
  const filter = filterOfAddress(address);
  // Periods are counted from when one was chosen: the question stays the same while its answer is looked at.
  const [askedAt, setAskedAt] = useState(Date.now);
  const runs = usePages(
    RunListDocument,
    { limit: PAGE_SIZE, filter: apiFilterOf(filter, askedAt) },
    ({ triageRuns }) => triageRuns,
  );
  const rows = useLiveRuns(runs.items);
  const { instances, clusters } = useNames();
  const mayStart = useCan('OPERATOR');
  usePolling(runs.refresh, LOOK_EVERY_MS);

  const choose = (next: ChosenFilter) => {
    setAskedAt(Date.now());
    const chosen = addressOfFilter(next);
    if (new URLSearchParams(chosen).toString() !== address.toString()) setAddress(chosen);
  };
  const underWay = rows.filter(({ state }) => isUnderWay(state)).length;
  return (
    <Page title="Runs" actions={mayStart && <StartLink />}>
      <RunFilters {...{ filter, instances, clusters }} onChange={choose} />
      {runs.problem && <ErrorBox problem={runs.problem} onRetry={runs.reload} />}
      {!runs.items && !runs.problem && <Skeleton lines={8} />}
      {runs.items?.length === 0 &&
        (isFiltered(filter) ? (
          <Empty title="No run is like that" action={<Button onClick={() => choose({})}>Show all runs</Button>}>
            Nothing matches the filters above.
          </Empty>
        ) : (
          <Empty title="No run yet" action={mayStart && <StartLink />}>
            A triage hands an incident to an AI agent, which investigates in a container of its own. It appears here as
            soon as it is asked for.
          </Empty>
        ))}
      {rows.length > 0 && (
        <div className="runs">
          <Table
            caption="Triage runs, newest first"
            columns={columnsFor(instances)}
            rows={rows}
            keyOf={({ id }) => id}
          />
          <div className="row soft">
            <LoadMore nextCursor={runs.nextCursor} busy={runs.loadingMore} onMore={runs.loadMore} />
            {rows.length} shown{underWay > 0 && `, ${underWay} under way`}
          </div>
        </div>
      )}
    </Page>
  );
}
