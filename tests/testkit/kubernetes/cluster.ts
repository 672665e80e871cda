import { existsSync } from 'node:fs';
import path from 'node:path';
import { ownedBy, uidOf, type ClusterContent, type KubeObject, type Metadata, type Pod } from './objects.js';
import { readIncident } from './recorded-incident.js';

const BORN = '2024-08-01T08:00:00Z';
/** Our own incident, in the form of the recorded ones. */
export const SAMPLE_FOLDER = path.join(import.meta.dirname, 'sample');
const RECORDED = '02_crashloop_backoff';

/** Where recorded incidents lie: TRIAGED_INCIDENTS_DIR, or `shared` beside the checkout. */
function defaultIncident(): string {
  const places = [process.env.TRIAGED_INCIDENTS_DIR, path.resolve(import.meta.dirname, '../../../../shared/incidents')];
  const folders = places.filter((place) => place !== undefined).map((place) => path.join(place, RECORDED));
  return folders.find((folder) => existsSync(folder)) ?? SAMPLE_FOLDER;
}

/** The incident's objects and a small healthy cluster around them. */
export function loadCluster(incidentFolder = defaultIncident()): ClusterContent {
  const incident = readIncident(incidentFolder);
  const { namespace } = incident.failing;
  const pods = incident.objects.filter((object): object is Pod => object.kind === 'Pod');
  const nodeNames = new Set(pods.map(({ spec }) => spec.nodeName ?? 'worker-1'));
  return {
    ...incident,
    objects: [
      ...incident.objects,
      ...pods.flatMap(controllersOf),
      ...[...new Set(['default', 'kube-system', namespace])].map((name) =>
        make('v1', 'Namespace', { name }, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }),
      ),
      ...[...nodeNames].map(node),
      ...healthyDeployment(namespace, [...nodeNames][0]!),
      make('v1', 'ConfigMap', { name: 'kube-root-ca.crt', namespace }, { data: { 'ca.crt': '(a certificate)\n' } }),
      make('v1', 'ServiceAccount', { name: 'default', namespace }, {}),
      make('v1', 'Secret', { name: 'storefront-session', namespace }, secret('an invented secret of the test kit')),
    ],
  };
}

function make(apiVersion: string, kind: string, metadata: Metadata, fields: object): KubeObject {
  const identity = { uid: uidOf(kind, metadata.name), resourceVersion: '1', creationTimestamp: BORN };
  return { apiVersion, kind, metadata: { ...identity, ...metadata }, ...fields };
}

const secret = (value: string) => ({ type: 'Opaque', data: { value: Buffer.from(value).toString('base64') } });

function node(name: string): KubeObject {
  const resources = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '50Gi', pods: '110' };
  const healthy = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
    ['Ready', 'True', 'KubeletReady'],
  ];
  return make(
    'v1',
    'Node',
    { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64' } },
    {
      spec: { podCIDR: '10.244.0.0/24' },
      status: {
        capacity: resources,
        allocatable: resources,
        addresses: [{ type: 'Hostname', address: name }],
        conditions: healthy.map(([type, status, reason]) => ({ type, status, reason, lastTransitionTime: BORN })),
        nodeInfo: {
          kubeletVersion: 'v1.31.0',
          osImage: 'Debian GNU/Linux 12 (bookworm)',
          containerRuntimeVersion: 'containerd://1.7.18',
          architecture: 'amd64',
          operatingSystem: 'linux',
        },
      },
    },
  );
}

/** A Deployment with its ReplicaSet, of which `ready` of one replicas is ready. */
function deployment(name: string, hash: string, { labels, pod, ready, created }: Workload): KubeObject[] {
  const { namespace } = pod.metadata;
  const { 'pod-template-hash': _, ...ownLabels } = labels;
  const metadata = { ...(namespace ? { namespace } : {}), creationTimestamp: created };
  const fields = (selected: Record<string, string>) => ({
    spec: {
      replicas: 1,
      selector: { matchLabels: selected },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: { metadata: { labels: selected }, spec: pod.spec },
    },
    status: {
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: 1 - ready,
      conditions: [{ type: 'Available', status: ready ? 'True' : 'False', reason: 'MinimumReplicas' }],
    },
  });
  const revision = { annotations: { 'deployment.kubernetes.io/revision': '1' } };
  const replicas = { ...metadata, ...revision, labels, name: `${name}-${hash}`, ...ownedBy('Deployment', name) };
  return [
    make('apps/v1', 'Deployment', { ...metadata, ...revision, labels: ownLabels, name }, fields(ownLabels)),
    make('apps/v1', 'ReplicaSet', replicas, fields(labels)),
  ];
}

interface Workload {
  readonly labels: Record<string, string>;
  readonly pod: Pod;
  readonly ready: 0 | 1;
  readonly created: string;
}

/** What must have made a pod of a ReplicaSet. */
function controllersOf(pod: Pod): KubeObject[] {
  const owner = pod.metadata.ownerReferences?.[0];
  const [, name, hash] = /^(.+)-([^-]+)$/.exec(owner?.name ?? '') ?? [];
  if (owner?.kind !== 'ReplicaSet' || !name || !hash) return [];
  const { labels = {}, creationTimestamp = BORN } = pod.metadata;
  return deployment(name, hash, { labels, pod, ready: 0, created: creationTimestamp });
}

/** A neighbour that works: what is broken must be found, not guessed. */
function healthyDeployment(namespace: string, nodeName: string): KubeObject[] {
  const hash = '6f7d9c5b8d';
  const name = `storefront-${hash}-8wq2z`;
  const labels = { app: 'storefront', 'pod-template-hash': hash };
  const image = 'nginx:1.27';
  const pod = make(
    'v1',
    'Pod',
    { name, namespace, labels, ...ownedBy('ReplicaSet', `storefront-${hash}`) },
    {
      spec: {
        nodeName,
        serviceAccountName: 'default',
        restartPolicy: 'Always',
        containers: [{ name: 'web', image, ports: [{ containerPort: 80, protocol: 'TCP' }], resources: {} }],
      },
      status: {
        phase: 'Running',
        podIP: '10.244.0.21',
        conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
          type,
          status: 'True',
        })),
        containerStatuses: [
          {
            name: 'web',
            image,
            imageID: `docker.io/library/${image}`,
            ready: true,
            started: true,
            restartCount: 0,
            state: { running: { startedAt: BORN } },
            lastState: {},
          },
        ],
      },
    },
  ) as Pod;
  const port = { port: 80, targetPort: 80, protocol: 'TCP' };
  return [
    pod,
    ...deployment('storefront', hash, { labels, pod, ready: 1, created: BORN }),
    make(
      'v1',
      'Service',
      { name: 'storefront', namespace },
      {
        spec: { type: 'ClusterIP', clusterIP: '10.96.12.7', selector: { app: 'storefront' }, ports: [port] },
        status: {},
      },
    ),
    make(
      'v1',
      'Endpoints',
      { name: 'storefront', namespace },
      { subsets: [{ addresses: [{ ip: '10.244.0.21' }], ports: [{ port: 80, protocol: 'TCP' }] }] },
    ),
    make(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      { name: 'storefront-x7k2p', namespace, labels: { 'kubernetes.io/service-name': 'storefront' } },
      {
        addressType: 'IPv4',
        ports: [{ port: 80, protocol: 'TCP' }],
        endpoints: [
          { addresses: ['10.244.0.21'], conditions: { ready: true }, targetRef: { kind: 'Pod', name, namespace } },
        ],
      },
    ),
  ];
}
