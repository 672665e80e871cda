import { InstancesDocument } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import { Empty, ErrorBox, LoadMore, Page, Skeleton, Table } from '../../ui/index.js';

export default function StartTriagePage() {
  const list = usePages(InstancesDocument, { limit: 50 }, ({ instances }) => instances);
  return (
    <Page title="Start a triage">
      {list.problem && <ErrorBox problem={list.problem} onRetry={list.reload} />}
      {!list.items && !list.problem && <Skeleton />}
      {list.items?.length === 0 && <Empty title="No instance yet" />}
      {list.items && list.items.length > 0 && (
        <Table
          caption="Instances, newest first"
          columns={[{ head: 'Name', kind: 'main', cell: ({ name }) => name }]}
          rows={list.items}
          keyOf={({ id }) => id}
        />
      )}
      <LoadMore nextCursor={list.nextCursor} busy={list.loadingMore} onMore={list.loadMore} />
    </Page>
  );
}
