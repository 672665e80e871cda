import { Link } from 'wouter';
import { TriageRunsDocument } from '../../../../sdk/src/generated/graphql.js';
import type { TriageRunsQuery } from '../../../../sdk/src/generated/graphql.js';
import { usePages, usePolling } from '../../api/index.js';
import {
  AI_AGENT_NAMES,
  Empty,
  ErrorBox,
  LoadMore,
  Money,
  Page,
  RelativeTime,
  RunState,
  Skeleton,
  Table,
  Tokens,
} from '../../ui/index.js';
import type { Column } from '../../ui/index.js';

type Run = TriageRunsQuery['triageRuns']['items'][number];

const COLUMNS: readonly Column<Run>[] = [
  { head: 'Run', kind: 'main', cell: ({ id }) => <Link href={`/runs/${id}`}>{id.slice(0, 8)}</Link> },
  { head: 'State', cell: ({ state }) => <RunState state={state} /> },
  { head: 'AI agent', cell: ({ aiAgent }) => AI_AGENT_NAMES[aiAgent] },
  { head: 'Age', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  { head: 'Tokens', kind: 'number', cell: ({ usage }) => <Tokens count={usage.tokenCount} /> },
  { head: 'Cost', kind: 'number', cell: ({ usage }) => <Money usd={usage.estimatedCost ?? null} /> },
];

const POLL_EVERY_MS = 10_000;

export default function RunsPage() {
  const runs = usePages(TriageRunsDocument, { limit: 50 }, ({ triageRuns }) => triageRuns);
  usePolling(runs.refresh, POLL_EVERY_MS);
  return (
    <Page title="Runs">
      {runs.problem && <ErrorBox problem={runs.problem} onRetry={runs.reload} />}
      {!runs.items && !runs.problem && <Skeleton />}
      {runs.items?.length === 0 && <Empty title="No run yet">Start a triage, and it appears here.</Empty>}
      {runs.items && runs.items.length > 0 && (
        <Table caption="Triage runs, newest first" columns={COLUMNS} rows={runs.items} keyOf={({ id }) => id} />
      )}
      <LoadMore nextCursor={runs.nextCursor} busy={runs.loadingMore} onMore={runs.loadMore} />
    </Page>
  );
}
