import { parseDuration, rowsOf, Sections, sectionsOf, timestamp } from './describe-text.js';
import {
  ownedBy,
  uidOf,
  type Container,
  type ContainerState,
  type ContainerStatus,
  type KubeObject,
  type Pod,
} from './objects.js';

/** The pod that `kubectl describe pod` printed. */
export function podFromDescription(description: readonly string[]): Pod {
  const sections = new Sections(description);
  const name = sections.text('Name')!;
  const [nodeName, hostIP] = sections.text('Node')?.split('/') ?? [];
  const [ownerKind, ownerName] = sections.text('Controlled By')?.split('/') ?? [];
  const podIP = sections.text('IP');
  const started = sections.time('Start Time');
  const containers = described(sections, 'Containers');
  const init = described(sections, 'Init Containers');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: sections.text('Namespace')!,
      uid: uidOf('Pod', name),
      resourceVersion: '900',
      ...(started ? { creationTimestamp: started } : {}),
      labels: sections.map('Labels'),
      annotations: sections.map('Annotations'),
      ...(ownerKind && ownerName ? ownedBy(ownerKind, ownerName) : {}),
    },
    spec: {
      ...(nodeName ? { nodeName } : {}),
      nodeSelector: sections.map('Node-Selectors'),
      serviceAccountName: sections.text('Service Account') ?? 'default',
      restartPolicy: ownerKind === 'Job' ? 'Never' : 'Always',
      schedulerName: 'default-scheduler',
      containers: containers.map(({ spec }) => spec),
      ...(init.length > 0 ? { initContainers: init.map(({ spec }) => spec) } : {}),
      tolerations: sections.list('Tolerations').map(toleration),
      volumes: sectionsOf(sections.lines('Volumes')).map(({ key, lines }) => volume(key, new Sections(lines))),
    },
    status: {
      phase: sections.text('Status')!,
      qosClass: sections.text('QoS Class'),
      ...(hostIP ? { hostIP } : {}),
      ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
      ...(started ? { startTime: started } : {}),
      conditions: rowsOf(sections.lines('Conditions'), 2).map(([type, status]) => ({
        type,
        status,
        ...(type === 'PodScheduled' && status === 'False' ? whyNotScheduled(sections) : {}),
      })),
      // A pod without a node has no kubelet that could report its containers.
      containerStatuses: nodeName ? containers.map(({ status }) => status) : [],
      ...(nodeName && init.length > 0 ? { initContainerStatuses: init.map(({ status }) => status) } : {}),
    },
  };
}

/** Descriptions leave the condition's message out; the scheduler's event has the same. */
function whyNotScheduled(pod: Sections): object {
  const event = rowsOf(pod.lines('Events'), 5).findLast(([, reason]) => reason === 'FailedScheduling');
  return event ? { reason: 'Unschedulable', message: event[4] } : {};
}

/** The containers below a heading: what was asked for, and how it stands. */
function described(pod: Sections, heading: string): { spec: Container; status: ContainerStatus }[] {
  return sectionsOf(pod.lines(heading)).map(({ key: name, lines }) => {
    const sections = new Sections(lines);
    return { spec: containerSpec(name, sections), status: containerStatus(name, sections) };
  });
}

export function containerSpec(name: string, sections: Sections): Container {
  const command = [...sections.lines('Command')];
  const args = [...sections.lines('Args')];
  const [, port, protocol] = /^(\d+)\/(\w+)$/.exec(sections.text('Port') ?? '') ?? [];
  return {
    name,
    image: sections.text('Image') ?? '',
    ...(command.length > 0 ? { command } : {}),
    ...(args.length > 0 ? { args } : {}),
    ...(port ? { ports: [{ containerPort: Number(port), protocol }] } : {}),
    resources: { limits: sections.fields('Limits'), requests: sections.fields('Requests') },
    env: Object.entries(sections.fields('Environment')).map(([variable, value]) => ({ name: variable, value })),
    volumeMounts: sections.lines('Mounts').map((line) => {
      const [, mountPath, volumeName, mode, subPath] = /^(\S+) from (\S+) \((r[ow])(?:,path="(.*)")?\)$/.exec(line)!;
      return { mountPath, name: volumeName, readOnly: mode === 'ro', ...(subPath ? { subPath } : {}) };
    }),
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
}

function containerStatus(name: string, sections: Sections): ContainerStatus {
  const containerID = sections.text('Container ID');
  const state = containerState(sections, 'State');
  return {
    name,
    image: sections.text('Image') ?? '',
    imageID: sections.text('Image ID') ?? '',
    ...(containerID ? { containerID } : {}),
    ready: sections.text('Ready') === 'True',
    started: state.running !== undefined,
    restartCount: Number(sections.text('Restart Count') ?? 0),
    state,
    lastState: containerState(sections, 'Last State'),
  };
}

function containerState(container: Sections, key: string): ContainerState {
  const sections = container.under(key);
  const why = { reason: sections.text('Reason'), message: sections.text('Message') };
  const startedAt = sections.time('Started');
  const finishedAt = sections.time('Finished');
  const given = <T extends object>(fields: T) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
  switch (container.text(key)) {
    case 'Waiting':
      return { waiting: given(why) as NonNullable<ContainerState['waiting']> };
    case 'Running':
      return { running: startedAt ? { startedAt } : {} };
    case 'Terminated': {
      const exitCode = Number(sections.text('Exit Code'));
      return {
        terminated: given({ exitCode, ...why, startedAt, finishedAt }) as ContainerState['terminated'] & object,
      };
    }
    default:
      return container.text(key) === undefined && key === 'State' ? { waiting: { reason: 'ContainerCreating' } } : {};
  }
}

function toleration(text: string): object {
  const [, key, effect, seconds] = /^([^:\s]+)(?::(\w+))? op=Exists(?: for (\d+)s)?$/.exec(text) ?? [];
  return {
    operator: 'Exists',
    ...(key ? { key } : {}),
    ...(effect ? { effect } : {}),
    ...(seconds ? { tolerationSeconds: Number(seconds) } : {}),
  };
}

function volume(name: string, sections: Sections): object {
  switch (sections.text('Type')?.split(' ')[0]) {
    case 'ConfigMap':
      return { name, configMap: { name: sections.text('Name'), optional: sections.text('Optional') === 'true' } };
    case 'Secret':
      return { name, secret: { secretName: sections.text('SecretName'), optional: false } };
    case 'PersistentVolumeClaim':
      return { name, persistentVolumeClaim: { claimName: sections.text('ClaimName') } };
    case 'Projected': {
      const token = { expirationSeconds: Number(sections.text('TokenExpirationSeconds')), path: 'token' };
      const authority = { name: sections.text('ConfigMapName'), items: [{ key: 'ca.crt', path: 'ca.crt' }] };
      return { name, projected: { sources: [{ serviceAccountToken: token }, { configMap: authority }] } };
    }
    default:
      return { name, emptyDir: {} };
  }
}

/** The events that a description ends with, dated back from the moment when it was printed. */
export function eventsFromDescription(description: readonly string[], subject: KubeObject): KubeObject[] {
  const { name, namespace = '', uid = '', creationTimestamp } = subject.metadata;
  const rows = rowsOf(new Sections(description).lines('Events'), 5);
  const ages = rows.map(([, , age = '']) => {
    const [, last = '', count = '1', first = last] = /^(\w+)(?: \(x(\d+) over (\w+)\))?$/.exec(age) ?? [];
    return { last: parseDuration(last), first: parseDuration(first), count: Number(count) };
  });
  const oldest = Math.max(0, ...ages.map(({ first }) => first));
  const printed = (creationTimestamp ? Date.parse(creationTimestamp) : Date.now() - oldest) + oldest;
  return rows.map(([type, reason, , component, message = ''], index) => {
    const { first, last, count } = ages[index]!;
    const id = `${name}.${uidOf(name, String(index)).slice(0, 16)}`;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: id, namespace, uid: uidOf('Event', id), creationTimestamp: timestamp(printed - first) },
      involvedObject: { apiVersion: subject.apiVersion, kind: subject.kind, name, namespace, uid },
      type,
      reason,
      message: message.replaceAll('\\"', '"'),
      source: { component },
      firstTimestamp: timestamp(printed - first),
      lastTimestamp: timestamp(printed - last),
      count,
    };
  });
}
