import { ClusterNamesDocument, InstanceNamesDocument } from '../../../../sdk/src/generated/graphql.js';
import { useRead } from '../../api/index.js';

/** Names by id. */
export type Names = ReadonlyMap<string, string>;

const namesOf = (items: readonly { readonly id: string; readonly name: string }[] | undefined): Names =>
  new Map(items?.map(({ id, name }) => [id, name]));

const limit = 100;

/** The newest hundred instances and clusters, to choose among. A run may be of others: of older, newer and deleted ones. */
export function useNames(): { readonly instances: Names; readonly clusters: Names } {
  const { data: instances } = useRead(InstanceNamesDocument, { limit });
  const { data: clusters } = useRead(ClusterNamesDocument, { limit });
  return { instances: namesOf(instances?.instances.items), clusters: namesOf(clusters?.clusters.items) };
}
