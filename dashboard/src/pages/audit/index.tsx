import { AuditEventsDocument } from '../../../../sdk/src/generated/graphql.js';
import { usePages } from '../../api/index.js';
import { Empty, ErrorBox, LoadMore, Page, Skeleton, Table } from '../../ui/index.js';

export default function AuditPage() {
  const list = usePages(AuditEventsDocument, { limit: 50 }, ({ auditEvents }) => auditEvents);
  return (
    <Page title="Audit">
      {list.problem && <ErrorBox problem={list.problem} onRetry={list.reload} />}
      {!list.items && !list.problem && <Skeleton />}
      {list.items?.length === 0 && <Empty title="Nothing was done yet" />}
      {list.items && list.items.length > 0 && (
        <Table
          caption="Audit, newest first"
          columns={[{ head: 'Action', kind: 'main', cell: ({ action }) => action }]}
          rows={list.items}
          keyOf={({ id }) => id}
        />
      )}
      <LoadMore nextCursor={list.nextCursor} busy={list.loadingMore} onMore={list.loadMore} />
    </Page>
  );
}
