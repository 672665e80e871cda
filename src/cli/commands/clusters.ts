import { ClustersDocument, type ClusterFieldsFragment as Cluster } from '../../../sdk/src/generated/graphql.js';
import { age } from '../output/figures.js';
import { renderTable, type Column } from '../output/table.js';
import type { Session } from '../session.js';
import { allOf } from './pages.js';

const COLUMNS: readonly Column<Cluster>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'VERSION', cell: ({ kubernetesVersion }) => kubernetesVersion ?? '-' },
  { head: 'NAMESPACE', cell: ({ namespace }) => namespace },
  { head: 'SERVER', cell: ({ serverUrl }) => serverUrl },
  { head: 'CHECKED', cell: ({ checkedAt }) => age(checkedAt), exact: ({ checkedAt }) => checkedAt },
  {
    head: 'WARNINGS',
    cell: ({ warnings }) => String(warnings.length),
    align: 'right',
    paint: ({ warnings }) => (warnings.length > 0 ? 'yellow' : undefined),
  },
  { head: 'ID', cell: ({ id }) => id },
];

export async function listClusters({ client, err, out, json, answer }: Session): Promise<undefined> {
  const items = await allOf(async (page) => (await client.request(ClustersDocument, page)).clusters);
  if (items.length === 0 && !json) await err.line('There are no clusters.');
  await answer(items, () => renderTable(items, COLUMNS, out));
}
