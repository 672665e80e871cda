import { textAt, type ContainerState, type ContainerStatus, type KubeObject, type Pod } from './objects.js';
import type { ResourceType } from './catalogue.js';

/** A column of `kubectl get`; `wide` ones are shown with `-o wide` only. */
interface Column {
  readonly name: string;
  readonly wide: boolean;
  readonly cell: (object: KubeObject) => string | number;
}

const column = (name: string, cell: Column['cell'] | string, wide = false): Column => ({
  name,
  wide,
  cell: typeof cell === 'string' ? (object) => textAt(object, cell) || '<none>' : cell,
});
const wide = (name: string, cell: Column['cell'] | string) => column(name, cell, true);
const count = (name: string, path: string) => column(name, (object) => Number(textAt(object, path) || 0));

/** As kubectl prints a duration: 45s, 7m39s, 3h12m, 5d. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return `${minutes}m${seconds % 60 ? `${seconds % 60}s` : ''}`;
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return `${hours}h${minutes % 60 ? `${minutes % 60}m` : ''}`;
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}

const since = (timestamp: string) => (timestamp ? humanDuration(Date.now() - Date.parse(timestamp)) : '<unknown>');
const NAME = column('Name', 'metadata.name');
const AGE = column('Age', (object) => since(textAt(object, 'metadata.creationTimestamp')));

const whyNotRunning = ({ waiting, terminated }: ContainerState): string | undefined =>
  waiting?.reason ?? terminated?.reason ?? (terminated ? `ExitCode:${terminated.exitCode}` : undefined);

/** The STATUS column: the first init container that has not ended well, else the last container that does not run. */
export function podStatus({ metadata, spec, status }: Pod): string {
  if ('deletionTimestamp' in metadata) return 'Terminating';
  const init = status.initContainerStatuses ?? [];
  const done = init.filter(({ state }) => state.terminated?.exitCode === 0).length;
  const stuck = init.find(({ state }) => state.terminated?.exitCode !== 0);
  if (stuck) {
    const reason = whyNotRunning(stuck.state);
    return reason && reason !== 'PodInitializing'
      ? `Init:${reason}`
      : `Init:${done}/${spec.initContainers?.length ?? 0}`;
  }
  const reasons = status.containerStatuses.map(({ state }) => whyNotRunning(state)).filter(Boolean);
  return reasons.at(-1) ?? (textAt(status, 'reason') || status.phase);
}

function restarts({ status }: Pod): string {
  const statuses: readonly ContainerStatus[] = [...(status.initContainerStatuses ?? []), ...status.containerStatuses];
  const total = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const last = statuses
    .map(({ lastState }) => lastState.terminated?.finishedAt ?? '')
    .sort()
    .at(-1);
  return total > 0 && last ? `${total} (${since(last)} ago)` : String(total);
}

const pod = (cell: (pod: Pod) => string) => (object: KubeObject) => cell(object as Pod);
const ready = (has: string, wanted: string) => (object: KubeObject) =>
  `${textAt(object, has) || 0}/${textAt(object, wanted) || 0}`;

const ports = (object: KubeObject) =>
  ((object.spec as { ports?: { port: number; protocol: string }[] }).ports ?? [])
    .map(({ port, protocol }) => `${port}/${protocol}`)
    .join(',') || '<none>';

const nodeStatus = (object: KubeObject) =>
  (object.status as { conditions: { type: string; status: string }[] }).conditions.some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  )
    ? 'Ready'
    : 'NotReady';

const dataCount = column('Data', (object) => Object.keys((object.data as object | undefined) ?? {}).length);

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    NAME,
    column(
      'Ready',
      pod(({ spec, status }) => `${status.containerStatuses.filter((c) => c.ready).length}/${spec.containers.length}`),
    ),
    column('Status', pod(podStatus)),
    column('Restarts', pod(restarts)),
    AGE,
    wide('IP', 'status.podIP'),
    wide('Node', 'spec.nodeName'),
    wide('Nominated Node', 'status.nominatedNodeName'),
    wide('Readiness Gates', () => '<none>'),
  ],
  Deployment: [
    NAME,
    column('Ready', ready('status.readyReplicas', 'spec.replicas')),
    count('Up-to-date', 'status.updatedReplicas'),
    count('Available', 'status.availableReplicas'),
    AGE,
  ],
  ReplicaSet: [
    NAME,
    count('Desired', 'spec.replicas'),
    count('Current', 'status.replicas'),
    count('Ready', 'status.readyReplicas'),
    AGE,
  ],
  Job: [
    NAME,
    column('Status', (object) => (textAt(object, 'status.completionTime') ? 'Complete' : 'Failed')),
    column('Completions', ready('status.succeeded', 'spec.completions')),
    AGE,
  ],
  Service: [
    NAME,
    column('Type', 'spec.type'),
    column('Cluster-IP', 'spec.clusterIP'),
    column('External-IP', () => '<none>'),
    column('Port(s)', ports),
    AGE,
  ],
  Node: [
    NAME,
    column('Status', nodeStatus),
    column('Roles', () => '<none>'),
    AGE,
    column('Version', 'status.nodeInfo.kubeletVersion'),
    wide('OS-Image', 'status.nodeInfo.osImage'),
    wide('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion'),
  ],
  Namespace: [NAME, column('Status', 'status.phase'), AGE],
  ConfigMap: [NAME, dataCount, AGE],
  Secret: [NAME, column('Type', 'type'), dataCount, AGE],
  Event: [
    column('Last Seen', (object) => since(textAt(object, 'lastTimestamp'))),
    column('Type', 'type'),
    column('Reason', 'reason'),
    column('Object', (o) => `${textAt(o, 'involvedObject.kind').toLowerCase()}/${textAt(o, 'involvedObject.name')}`),
    wide('Source', 'source.component'),
    column('Message', 'message'),
    wide('Count', 'count'),
  ],
};

/** The server-side rendering that `kubectl get` asks for with `as=Table`. */
export function asTable(
  type: ResourceType,
  objects: readonly KubeObject[],
  { version, metadata, includeObject }: { version: string; metadata: object; includeObject: string },
): object {
  const columns = COLUMNS[type.kind] ?? [NAME, AGE];
  const rowObject = (object: KubeObject) =>
    includeObject === 'Object'
      ? object
      : { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns.map(({ name, wide: isWide }) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: isWide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object)),
      ...(includeObject === 'None' ? {} : { object: rowObject(object) }),
    })),
  };
}
