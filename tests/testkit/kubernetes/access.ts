import { apiVersionOf, READ_VERBS, RESOURCE_TYPES, REVIEW_TYPES } from './catalogue.js';

/** What the server's only user may read. It may never write. */
export interface AccessRules {
  /** Plural names that it may not read: `nodes`, `pods/log`, `*`. */
  readonly forbidden: readonly string[];
  /** The only namespaces that it may read; nothing that belongs to the cluster as a whole then. Absent: all. */
  readonly namespaces?: readonly string[] | undefined;
  readonly canReadSecrets: boolean;
}

export interface Attempt {
  readonly verb: string;
  readonly group: string;
  /** Plural name, with its subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

const isRead = (verb: string) => (READ_VERBS as readonly string[]).includes(verb);
const isReview = ({ group, resource }: Attempt) =>
  REVIEW_TYPES.some((type) => type.group === group && type.plural === resource);

export function isAllowed(rules: AccessRules, attempt: Attempt): boolean {
  const { verb, resource, namespace } = attempt;
  if (isReview(attempt)) return verb === 'create';
  if (!isRead(verb) || resource === '*') return false;
  if (rules.forbidden.includes(resource) || rules.forbidden.includes('*')) return false;
  if (resource === 'secrets' && !rules.canReadSecrets) return false;
  if (!rules.namespaces) return true;
  const ofCluster = RESOURCE_TYPES.some((type) => type.plural === resource && !type.namespaced);
  return !ofCluster && rules.namespaces.includes(namespace);
}

/** In the words of the API server's authoriser. */
export function refusal(user: string, { verb, group, resource, namespace }: Attempt): string {
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  return `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}

interface Review {
  spec?: {
    resourceAttributes?: Partial<Record<'verb' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name', string>>;
    nonResourceAttributes?: { verb?: string };
    namespace?: string;
  };
}

/** The answer to one of the three self-subject reviews. */
export function answerReview(kind: string, review: Review, rules: AccessRules, user: string): object {
  const type = REVIEW_TYPES.find((candidate) => candidate.kind === kind)!;
  const answer = (status: object) => ({
    kind,
    apiVersion: apiVersionOf(type),
    metadata: {},
    spec: review.spec ?? {},
    status,
  });
  if (kind === 'SelfSubjectReview') return answer({ userInfo: { username: user, groups: ['system:authenticated'] } });
  if (kind === 'SelfSubjectRulesReview') return answer(rulesIn(review.spec?.namespace ?? '', rules));
  const asked = review.spec?.resourceAttributes;
  if (!asked) return answer({ allowed: review.spec?.nonResourceAttributes?.verb === 'get' });
  const attempt = {
    verb: asked.verb ?? '',
    group: asked.group ?? '',
    resource: `${asked.resource ?? ''}${asked.subresource ? `/${asked.subresource}` : ''}`,
    namespace: asked.namespace ?? '',
    name: asked.name ?? '',
  };
  return answer({ allowed: isAllowed(rules, attempt) });
}

function rulesIn(namespace: string, rules: AccessRules): object {
  const readable = [...RESOURCE_TYPES, { group: '', plural: 'pods/log' }].filter(({ group, plural }) =>
    isAllowed(rules, { verb: 'get', group, resource: plural, namespace, name: '' }),
  );
  const groups = [...new Set(readable.map(({ group }) => group))];
  return {
    incomplete: false,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] }],
    resourceRules: [
      ...groups.map((group) => ({
        verbs: READ_VERBS,
        apiGroups: [group],
        resources: readable.filter((type) => type.group === group).map(({ plural }) => plural),
      })),
      ...REVIEW_TYPES.map(({ group, plural }) => ({ verbs: ['create'], apiGroups: [group], resources: [plural] })),
    ],
  };
}

/** The verb that the authoriser sees for an HTTP request. */
export function verbOf(method: string, named: boolean, watch: boolean): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return named ? 'get' : watch ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return method.toLowerCase();
  }
}
