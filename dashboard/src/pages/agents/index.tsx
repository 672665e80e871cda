import { AgentsDocument } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import { Empty, ErrorBox, LoadMore, Page, Skeleton, Table } from '../../ui/index.js';

export default function AgentsPage() {
  const list = usePages(AgentsDocument, { limit: 50 }, ({ agents }) => agents);
  return (
    <Page title="Agents">
      {list.problem && <ErrorBox problem={list.problem} onRetry={list.reload} />}
      {!list.items && !list.problem && <Skeleton />}
      {list.items?.length === 0 && <Empty title="No agent yet" />}
      {list.items && list.items.length > 0 && (
        <Table
          caption="Agents, newest first"
          columns={[{ head: 'Name', kind: 'main', cell: ({ name }) => name }]}
          rows={list.items}
          keyOf={({ id }) => id}
        />
      )}
      <LoadMore nextCursor={list.nextCursor} busy={list.loadingMore} onMore={list.loadMore} />
    </Page>
  );
}
