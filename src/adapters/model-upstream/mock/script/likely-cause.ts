export interface LikelyCause {
  readonly reason: string;
  readonly cause: string;
  readonly steps: readonly string[];
}

/** Looked for in this order: what explains more comes first (a container that is killed for memory also crash-loops). */
const KNOWN: readonly (LikelyCause & { readonly pattern: RegExp })[] = [
  {
    pattern: /oom[\s_-]?kill|out of memory|exit ?code["':= ]+137/i,
    reason: 'OOMKilled',
    cause: 'The container used more memory than its limit allows and the kernel ended it.',
    steps: [
      'Compare the memory limit with the use before the kill: `kubectl top pod`, `kubectl describe pod`.',
      'Look for a leak or a burst of load in the previous logs: `kubectl logs --previous`.',
      'Raise the limit only once the need is known; set the request accordingly.',
    ],
  },
  {
    pattern:
      /fail[a-z]{0,4}[\s_-]{0,4}(to[\s_-]{1,4})?(image[\s_-]?pull|pull[a-z]{0,4}[\s_-]{0,4}image)|image[\s_-]?pull[\s_-]?(error|fail)|image[\s_-]?pull[\s_-]?back[\s_-]?off|err[\s_-]?image[\s_-]?pull|invalid[\s_-]?image[\s_-]?name/i,
    reason: 'ImagePullBackOff',
    cause: 'The image cannot be pulled: its name or tag does not exist, or the registry refuses or is not reached.',
    steps: [
      'Read the exact refusal in the events: `kubectl describe pod`.',
      'Check name and tag of the image, and the pull secret of the service account.',
      'Check that the nodes reach the registry.',
    ],
  },
  {
    pattern: /create[\s_-]?container[\s_-]?config[\s_-]?error/i,
    reason: 'CreateContainerConfigError',
    cause: 'The container refers to a ConfigMap, a Secret or a key that does not exist.',
    steps: ['Find the missing name in the events: `kubectl describe pod`.', 'Create it or correct the reference.'],
  },
  {
    pattern: /crash[\s_-]?loop|crash(ed|ing)? ?pod|back-off restarting/i,
    reason: 'CrashLoopBackOff',
    cause:
      'The container starts and ends again and again; its own exit is the cause, the back-off only its consequence.',
    steps: [
      'Read why it ended: `kubectl logs --previous`, and exit code and reason in `kubectl describe pod`.',
      'Compare configuration, secrets and image with the last version that ran.',
      'Roll back when a recent rollout began it: `kubectl rollout undo`.',
    ],
  },
  {
    pattern: /job[\w\s/"':,.-]{0,80}fail|fail[\w\s/"':,.-]{0,40}job|back-?off ?limit ?exceeded|deadline ?exceeded/i,
    reason: 'Job failed',
    cause: "The job's pods ended with an error until its limit of tries was reached.",
    steps: [
      "Read the logs of the job's last pod: `kubectl logs job/NAME`.",
      'Check command, arguments and mounted configuration for a mistake.',
      'Run it again once that is corrected: a failed job does not try again by itself.',
    ],
  },
  {
    pattern: /failed ?scheduling|unschedulable|insufficient (cpu|memory)|\bpending\b/i,
    reason: 'Not scheduled',
    cause: 'No node fulfils what the pod asks for.',
    steps: [
      'Read the reasons in the events: `kubectl describe pod`.',
      'Compare its requests, selectors and taints with the nodes.',
    ],
  },
  {
    pattern: /not[\s_-]?ready|unready|readiness|unhealthy/i,
    reason: 'Not ready',
    cause: 'The pod runs but does not pass its readiness probe, or its node is not ready.',
    steps: [
      "Read the probe's failure in the events: `kubectl describe pod`.",
      'Ask the endpoint of the probe from inside the pod, and check what it depends on.',
      'Check the conditions of its node: `kubectl describe node`.',
    ],
  },
];

export const UNKNOWN: LikelyCause = {
  reason: 'unknown',
  cause: 'The incident names no reason that this script knows.',
  steps: ['Look at the state and the events of the object: `kubectl describe`.', 'Read its logs: `kubectl logs`.'],
};

export function likelyCause(incident: string): LikelyCause {
  return KNOWN.find(({ pattern }) => pattern.test(incident)) ?? UNKNOWN;
}
