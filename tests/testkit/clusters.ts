import type { TestClient } from './client.js';

export interface ClusterView {
  readonly id: string;
  readonly name: string;
  readonly serverUrl: string;
  readonly caFingerprints: readonly string[];
  readonly namespace: string;
  readonly credentialKind: 'TOKEN' | 'CLIENT_CERTIFICATE';
  readonly credentialVersion: number;
  readonly credentialExpiresAt: string | null;
  readonly kubernetesVersion: string | null;
  readonly access: readonly {
    readonly namespaces: readonly string[];
    readonly rules: readonly { readonly verbs: readonly string[]; readonly resources: readonly string[] }[];
  }[];
  readonly canReadSecrets: boolean;
  readonly warnings: readonly string[];
  readonly checkedAt: string;
}

const LISTED = `id name serverUrl caFingerprints namespace credentialKind credentialVersion credentialExpiresAt
  kubernetesVersion canReadSecrets warnings checkedAt createdAt updatedAt`;
const CLUSTER = `${LISTED} access { namespaces rules { verbs apiGroups resources resourceNames } }`;

export const CLUSTERS = {
  register: `mutation ($input: RegisterClusterInput!) { registerCluster(input: $input) { ${CLUSTER} } }`,
  update: `mutation ($id: ID!, $input: UpdateClusterInput!) { updateCluster(id: $id, input: $input) { ${CLUSTER} } }`,
  check: `mutation ($id: ID!) { checkCluster(id: $id) { ${CLUSTER} } }`,
  delete: `mutation ($id: ID!) { deleteCluster(id: $id) { ${CLUSTER} } }`,
  get: `query ($id: ID!) { cluster(id: $id) { ${CLUSTER} } }`,
  list: `query ($filter: ClusterFilter, $limit: Int, $offset: Int, $after: String) {
    clusters(filter: $filter, limit: $limit, offset: $offset, after: $after) { totalCount nextCursor items { ${LISTED} } } }`,
};

export async function registerCluster(
  client: TestClient,
  kubeconfig: string,
  name = 'production',
): Promise<ClusterView> {
  const input = { name, kubeconfig };
  return (await client.ok<{ registerCluster: ClusterView }>(CLUSTERS.register, { input })).registerCluster;
}
