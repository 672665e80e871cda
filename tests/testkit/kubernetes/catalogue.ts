/** A kind of object that the API server knows. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** What a fieldSelector may name, beside metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
}

export const READ_VERBS = ['get', 'list', 'watch'] as const;
export const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;

const CLUSTER = false;
const NAMESPACED = true;

const define =
  (group: string, version: string) =>
  (
    plural: string,
    kind: string,
    namespaced: boolean,
    shortNames: readonly string[] = [],
    selectableFields: readonly string[] = [],
  ): ResourceType => ({ group, version, plural, kind, namespaced, shortNames, selectableFields });

const core = define('', 'v1');
const apps = define('apps', 'v1');
const batch = define('batch', 'v1');
const networking = define('networking.k8s.io', 'v1');
const rbac = define('rbac.authorization.k8s.io', 'v1');
const storage = define('storage.k8s.io', 'v1');

const POD_FIELDS = ['nodeName', 'restartPolicy', 'schedulerName', 'serviceAccountName', 'hostNetwork'];
const OBJECT_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

export const RESOURCE_TYPES: readonly ResourceType[] = [
  core('configmaps', 'ConfigMap', NAMESPACED, ['cm']),
  core('endpoints', 'Endpoints', NAMESPACED, ['ep']),
  core('events', 'Event', NAMESPACED, ['ev'], [...OBJECT_FIELDS.map((f) => `involvedObject.${f}`), 'reason', 'type']),
  core('limitranges', 'LimitRange', NAMESPACED, ['limits']),
  core('namespaces', 'Namespace', CLUSTER, ['ns'], ['status.phase']),
  core('nodes', 'Node', CLUSTER, ['no'], ['spec.unschedulable']),
  core('persistentvolumeclaims', 'PersistentVolumeClaim', NAMESPACED, ['pvc']),
  core('persistentvolumes', 'PersistentVolume', CLUSTER, ['pv']),
  core(
    'pods',
    'Pod',
    NAMESPACED,
    ['po'],
    [...POD_FIELDS.map((f) => `spec.${f}`), 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  ),
  core('replicationcontrollers', 'ReplicationController', NAMESPACED, ['rc']),
  core('resourcequotas', 'ResourceQuota', NAMESPACED, ['quota']),
  core('secrets', 'Secret', NAMESPACED, [], ['type']),
  core('serviceaccounts', 'ServiceAccount', NAMESPACED, ['sa']),
  core('services', 'Service', NAMESPACED, ['svc'], ['spec.clusterIP', 'spec.type']),
  apps('daemonsets', 'DaemonSet', NAMESPACED, ['ds']),
  apps('deployments', 'Deployment', NAMESPACED, ['deploy']),
  apps('replicasets', 'ReplicaSet', NAMESPACED, ['rs'], ['status.replicas']),
  apps('statefulsets', 'StatefulSet', NAMESPACED, ['sts']),
  batch('cronjobs', 'CronJob', NAMESPACED, ['cj']),
  batch('jobs', 'Job', NAMESPACED, [], ['status.successful']),
  define('autoscaling', 'v2')('horizontalpodautoscalers', 'HorizontalPodAutoscaler', NAMESPACED, ['hpa']),
  define('coordination.k8s.io', 'v1')('leases', 'Lease', NAMESPACED),
  define('discovery.k8s.io', 'v1')('endpointslices', 'EndpointSlice', NAMESPACED),
  networking('ingresses', 'Ingress', NAMESPACED, ['ing']),
  networking('networkpolicies', 'NetworkPolicy', NAMESPACED, ['netpol']),
  define('policy', 'v1')('poddisruptionbudgets', 'PodDisruptionBudget', NAMESPACED, ['pdb']),
  rbac('clusterrolebindings', 'ClusterRoleBinding', CLUSTER),
  rbac('clusterroles', 'ClusterRole', CLUSTER),
  rbac('rolebindings', 'RoleBinding', NAMESPACED),
  rbac('roles', 'Role', NAMESPACED),
  storage('storageclasses', 'StorageClass', CLUSTER, ['sc']),
  storage('volumeattachments', 'VolumeAttachment', CLUSTER),
];

/** Asked with a POST although nothing is written: what may I do? */
export const REVIEW_TYPES = [
  { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
] as const;

export const findResourceType = (group: string, version: string, plural: string): ResourceType | undefined =>
  RESOURCE_TYPES.find((type) => type.group === group && type.version === version && type.plural === plural);

export const apiVersionOf = ({ group, version }: { group: string; version: string }): string =>
  group ? `${group}/${version}` : version;
