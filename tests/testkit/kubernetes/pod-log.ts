import type { ContainerLogs, ContainerState, Pod } from './objects.js';

const QUIET: ContainerLogs = { current: '', previous: '' };

const hasRun = ({ running, terminated }: ContainerState) => running !== undefined || terminated !== undefined;

/** What a container that does not run yet waits for, in the kubelet's words. */
const waitsFor = (reason = '') =>
  ['ErrImagePull', 'ImagePullBackOff'].includes(reason)
    ? 'trying and failing to pull image'
    : reason || 'ContainerCreating';

/** What `pods/log` answers: the text, or why there is none (400). */
export function readLog(
  pod: Pod,
  logs: ReadonlyMap<string, ContainerLogs>,
  query: URLSearchParams,
): { text: string } | { refused: string } {
  const { name, namespace = '' } = pod.metadata;
  const statuses = [...pod.status.containerStatuses, ...(pod.status.initContainerStatuses ?? [])];
  const specified = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map((container) => container.name);
  const container = query.get('container') ?? (specified.length === 1 ? specified[0]! : '');
  if (!container) {
    return { refused: `a container name must be specified for pod ${name}, choose one of: [${specified.join(' ')}]` };
  }
  if (!specified.includes(container)) return { refused: `container ${container} is not valid for pod ${name}` };

  const status = statuses.find((candidate) => candidate.name === container);
  const log = logs.get(`${namespace}/${name}/${container}`) ?? QUIET;
  if (['1', 'true'].includes(query.get('previous') ?? '')) {
    return status?.lastState.terminated
      ? { text: cut(log.previous, query) }
      : { refused: `previous terminated container "${container}" in pod "${name}" not found` };
  }
  // A container that waits for its next start still shows what its last one printed.
  if (!status || !(hasRun(status.state) || hasRun(status.lastState))) {
    const reason = waitsFor(status?.state.waiting?.reason);
    return { refused: `container "${container}" in pod "${name}" is waiting to start: ${reason}` };
  }
  return { text: cut(log.current, query) };
}

function cut(text: string, query: URLSearchParams): string {
  const lines = text.split(/(?<=\n)/);
  const tail = query.get('tailLines');
  const kept = (tail === null ? lines : lines.slice(Math.max(0, lines.length - Number(tail)))).join('');
  const limit = query.get('limitBytes');
  return limit === null ? kept : Buffer.from(kept).subarray(0, Number(limit)).toString();
}
