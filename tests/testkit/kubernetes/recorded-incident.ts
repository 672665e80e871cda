import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Sections, sectionsOf } from './describe-text.js';
import { uidOf, type ClusterContent, type ContainerLogs, type KubeObject, type Pod } from './objects.js';
import { containerSpec, eventsFromDescription, podFromDescription } from './recorded-pod.js';

/** One file of an incident: what was asked, and the text that kubectl printed. */
interface Recording {
  readonly file: string;
  readonly kind: string;
  readonly pod: string;
  readonly lines: readonly string[];
  readonly text: string;
}

/** Two lines of JSON (question, outcome), then what was printed, in some between `stdout:` and `stderr:`. */
function readRecording(folder: string, file: string): Recording {
  const [question = '', , ...rest] = readFileSync(path.join(folder, file), 'utf8').split('\n');
  const asked = (JSON.parse(question) as { match_params: Record<string, string> }).match_params;
  const stdout = rest.indexOf('stdout:') + 1;
  const stderr = rest.indexOf('stderr:');
  const lines = rest.slice(stdout, stderr < 0 ? rest.length : stderr);
  return { file, kind: asked.kind ?? '', pod: asked.pod_name ?? '', lines, text: lines.join('\n').trimEnd() };
}

/** The log of one container, unless what was recorded is kubectl's refusal. */
function logText(recordings: readonly Recording[], prefix: string, pod: string): string {
  const texts = recordings.filter((r) => r.file.startsWith(prefix) && r.pod === pod).map(({ text }) => text);
  const text = texts.find((candidate) => candidate && !/^(Command `|Error from server)/.test(candidate));
  return text === undefined ? '' : `${text}\n`;
}

function jobFromDescription(description: readonly string[]): KubeObject {
  const sections = new Sections(description);
  const name = sections.text('Name')!;
  const template = sections.under('Pod Template');
  const containers = sectionsOf(template.lines('Containers')).map(({ key, lines }) =>
    containerSpec(key, new Sections(lines)),
  );
  const failed = Number(/(\d+) Failed/.exec(sections.text('Pods Statuses') ?? '')?.[1] ?? 0);
  const created = sections.time('Start Time')!;
  const labels = sections.map('Labels');
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: sections.text('Namespace')!,
      uid: uidOf('Job', name),
      creationTimestamp: created,
      labels,
    },
    spec: {
      parallelism: Number(sections.text('Parallelism')),
      completions: Number(sections.text('Completions')),
      backoffLimit: Number(sections.text('Backoff Limit')),
      completionMode: 'NonIndexed',
      suspend: false,
      selector: { matchLabels: sections.map('Selector') },
      template: { metadata: { labels }, spec: { containers, restartPolicy: 'Never' } },
    },
    status: {
      startTime: created,
      failed,
      conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }],
    },
  };
}

/** A failed pod of a job of which only the log was recorded. */
function podOfJob(job: KubeObject, name: string): Pod {
  const { namespace = '', labels = {}, creationTimestamp = '' } = job.metadata;
  const { template } = job.spec as { template: { spec: Pod['spec'] } };
  const controller = { apiVersion: job.apiVersion, kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: uidOf('Pod', name),
      creationTimestamp,
      labels,
      ownerReferences: [{ ...controller, controller: true }],
    },
    spec: template.spec,
    status: {
      phase: 'Failed',
      containerStatuses: template.spec.containers.map((container) => ({
        name: container.name,
        image: container.image,
        imageID: '',
        ready: false,
        started: false,
        restartCount: 0,
        state: { terminated: { exitCode: 1, reason: 'Error' } },
        lastState: {},
      })),
    },
  };
}

/** Pods, jobs, events and logs of a recorded incident; what else a cluster has is not in it. */
export function readIncident(folder: string): ClusterContent {
  const recordings = readdirSync(folder)
    .filter((file) => /^kubectl_.*\.txt$/.test(file))
    .map((file) => readRecording(folder, file));
  const describes = (kind: string) =>
    recordings.filter((r) => r.file.startsWith('kubectl_describe') && r.kind === kind);
  const jobs = describes('job').map(({ lines }) => ({ object: jobFromDescription(lines), lines }));
  const described = describes('pod').map(({ lines }) => ({ object: podFromDescription(lines), lines }));
  const isKnown = (name: string) => described.some(({ object }) => object.metadata.name === name);
  const logged = [...new Set(recordings.map(({ pod }) => pod))].filter(
    (name) => name && name !== '*' && !isKnown(name),
  );
  const [job] = jobs;
  const pods = [
    ...described.map(({ object }) => object),
    ...(job ? logged.map((name) => podOfJob(job.object, name)) : []),
  ];

  const logs = new Map<string, ContainerLogs>();
  for (const { metadata, status } of pods) {
    const ran = [...(status.initContainerStatuses ?? []), ...status.containerStatuses].find(
      ({ state, lastState }) => state.running ?? state.terminated ?? lastState.terminated,
    );
    if (!ran) continue;
    logs.set(`${metadata.namespace ?? ''}/${metadata.name}/${ran.name}`, {
      current: logText(recordings, 'kubectl_logs', metadata.name),
      previous: logText(recordings, 'kubectl_previous_logs', metadata.name),
    });
  }
  const failing = pods[0]!;
  const statuses = [...(failing.status.initContainerStatuses ?? []), ...failing.status.containerStatuses];
  return {
    objects: [
      ...pods,
      ...jobs.map(({ object }) => object),
      ...[...described, ...jobs].flatMap(({ object, lines }) => eventsFromDescription(lines, object)),
    ],
    logs,
    failing: {
      namespace: failing.metadata.namespace ?? '',
      pod: failing.metadata.name,
      container: statuses.find(({ ready }) => !ready)?.name ?? '',
    },
  };
}
