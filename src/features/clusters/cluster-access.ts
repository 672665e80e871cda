/** What a credential may read, in the terms of RBAC. */
export interface ClusterRule {
  /** `*`: all. */
  readonly verbs: readonly string[];
  /** The core group is empty. */
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Only objects of these names; empty for all. */
  readonly resourceNames: readonly string[];
}

/** Namespaces in which the same may be read. */
export interface ClusterAccess {
  readonly namespaces: readonly string[];
  readonly rules: readonly ClusterRule[];
}

const READS = ['get', 'list', 'watch'];
/** Asking about oneself changes nothing, though it is called `create`. */
const SELF_REVIEWS = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'];
/** Reading these runs commands or opens connections. */
const COMMANDS = /^(?:\*|pods\/(?:exec|attach|portforward|proxy|\*)|nodes\/proxy|services\/proxy)$/;

const isRead = (verb: string): boolean => READS.includes(verb) || verb === '*';

export const canReadSecrets = (rule: ClusterRule): boolean =>
  rule.verbs.some(isRead) &&
  rule.apiGroups.some((group) => group === '' || group === '*') &&
  rule.resources.some((resource) => resource === 'secrets' || resource === '*' || resource === '*/*');

/** The part of a rule that lets read; undefined when there is none. */
export function readingPart(rule: ClusterRule): ClusterRule | undefined {
  const verbs = rule.verbs.includes('*') ? READS : rule.verbs.filter(isRead);
  return verbs.length === 0 ? undefined : { ...rule, verbs };
}

/** What a rule lets do beyond reading: `delete pods`, `get pods/exec`. */
export function riskyParts({ verbs, resources }: ClusterRule): string[] {
  return resources
    .filter((resource) => !SELF_REVIEWS.includes(resource))
    .flatMap((resource) => {
      const risky = COMMANDS.test(resource) && resource !== '*' ? verbs : verbs.filter((verb) => !READS.includes(verb));
      return risky.map((verb) => `${verb} ${resource}`);
    });
}

const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** One rule for each set of resources: sorted, without repetitions. */
export function normalized(rules: readonly ClusterRule[]): ClusterRule[] {
  const byKey = new Map<string, ClusterRule>();
  for (const { verbs, apiGroups, resources, resourceNames } of rules) {
    const rule = { apiGroups: sorted(apiGroups), resources: sorted(resources), resourceNames: sorted(resourceNames) };
    const key = JSON.stringify(rule);
    byKey.set(key, { verbs: sorted([...(byKey.get(key)?.verbs ?? []), ...verbs]), ...rule });
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}

/** Puts namespaces with equal rules together, in the order in which they come. */
export function grouped(access: readonly { readonly namespace: string; readonly rules: readonly ClusterRule[] }[]) {
  const groups = new Map<string, { namespaces: string[]; rules: readonly ClusterRule[] }>();
  for (const { namespace, rules } of access) {
    const key = JSON.stringify(rules);
    const group = groups.get(key);
    if (group) group.namespaces.push(namespace);
    else groups.set(key, { namespaces: [namespace], rules });
  }
  return [...groups.values()] satisfies ClusterAccess[];
}

/** The first rules whose JSON fits; the rest is left out, not the namespaces. */
export function fitting(access: readonly ClusterAccess[], maxBytes: number): ClusterAccess[] {
  let left = maxBytes;
  const fits = (value: unknown): boolean => {
    left -= Buffer.byteLength(JSON.stringify(value));
    return left >= 0;
  };
  return access.map(({ namespaces, rules }) => ({ namespaces, rules: rules.filter(fits) }));
}
