import type { IncidentSummary } from './incident-summary.js';

/** What Kubernetes takes as a name (RFC 1123); nothing in it means anything to a shell or begins an option. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
/** Names that a ReplicaSet gives its pods; alerts often name such a pod as something else. */
const POD_OF_A_REPLICA_SET = /-[a-f0-9]{6,10}-[a-z0-9]{5}$/;
const OTHER_KINDS = new Set(['job', 'cronjob', 'deployment', 'statefulset', 'daemonset', 'replicaset']);

/** How a line begins that says what was asked of the cluster. */
export const ASKED = '$ kubectl ';

const known = (name: string | undefined): string | undefined =>
  name !== undefined && NAME.test(name) ? name : undefined;

function objectOf({ kind, name }: IncidentSummary): string | undefined {
  const named = known(name);
  const type = kind?.toLowerCase() ?? '';
  if (named === undefined) return undefined;
  return OTHER_KINDS.has(type) && !POD_OF_A_REPLICA_SET.test(named) ? `${type}/${named}` : `pod/${named}`;
}

/**
 * A command that asks the cluster, read-only, about the incident's object, each question before its answer. Incidents are
 * written by strangers: a name that Kubernetes would not take is left out. Answers are bounded, so that no CLI cuts them.
 */
export function lookCommand(incident: IncidentSummary): string {
  const namespace = known(incident.namespace) ?? 'default';
  const object = objectOf(incident);
  const questions = [
    'get pods',
    ...(object ? [`describe ${object}`, `logs ${object} --previous`, `logs ${object}`] : ['get events']),
  ].map((question) =>
    question.startsWith('logs')
      ? `${question} --namespace ${namespace} --all-containers --tail 40`
      : `${question} --namespace ${namespace}`,
  );
  return [
    `look() { echo "${ASKED.replace('$', '\\$')}$*"; kubectl --request-timeout=10s "$@" 2>&1 | head -c 6000; echo; }`,
    ...questions.map((question) => `look ${question}`),
  ].join('\n');
}
