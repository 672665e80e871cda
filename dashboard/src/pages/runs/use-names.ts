import { useQuery } from 'urql';
import { ClusterNamesDocument, InstanceNamesDocument } from '../../../../sdk/src/generated/graphql.js';
import { documentOf } from '../../api/index.js';

/** Names by id. */
export type Names = ReadonlyMap<string, string>;

const namesOf = (items: readonly { readonly id: string; readonly name: string }[] | undefined): Names =>
  new Map(items?.map(({ id, name }) => [id, name]));

const limit = 100;

/** The newest hundred instances and clusters: enough to choose among, and to name those that are in use. */
export function useNames(): { readonly instances: Names; readonly clusters: Names } {
  const [{ data: instances }] = useQuery({ query: documentOf(InstanceNamesDocument), variables: { limit } });
  const [{ data: clusters }] = useQuery({ query: documentOf(ClusterNamesDocument), variables: { limit } });
  return { instances: namesOf(instances?.instances.items), clusters: namesOf(clusters?.clusters.items) };
}
