import { createHash } from 'node:crypto';

export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller: boolean }[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode: number; reason?: string; message?: string; startedAt?: string; finishedAt?: string };
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}

export interface Container {
  name: string;
  image: string;
  [field: string]: unknown;
}

export interface PodSpec {
  nodeName?: string;
  containers: Container[];
  initContainers?: Container[];
  [field: string]: unknown;
}

export interface Pod extends KubeObject {
  spec: PodSpec;
  status: {
    phase: string;
    podIP?: string;
    containerStatuses: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
    [field: string]: unknown;
  };
}

/** What a container printed, now and before its last restart. */
export interface ContainerLogs {
  readonly current: string;
  readonly previous: string;
}

export interface ClusterContent {
  readonly objects: readonly KubeObject[];
  /** The pod that the incident is about. */
  readonly failing: { readonly namespace: string; readonly pod: string; readonly container: string };
  /** By `namespace/pod/container`. */
  readonly logs: ReadonlyMap<string, ContainerLogs>;
}

/** The same id for the same object in each run, so that output can be compared. */
export const uidOf = (kind: string, name: string): string =>
  createHash('sha256')
    .update(`${kind}/${name}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

export const ownedBy = (kind: string, name: string): Required<Pick<Metadata, 'ownerReferences'>> => ({
  ownerReferences: [
    { apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1', kind, name, uid: uidOf(kind, name), controller: true },
  ],
});

/** The value at a dotted path, as text; the empty string when there is none. */
export function textAt(object: unknown, path: string): string {
  let value = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[key];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
