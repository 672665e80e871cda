import { apiVersionOf, RESOURCE_TYPES, REVIEW_TYPES, VERBS } from './catalogue.js';

export const SERVER_VERSION = {
  major: '1',
  minor: '31',
  gitVersion: 'v1.31.0',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2024-08-13T00:00:00Z',
  goVersion: 'go1.22.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const AGGREGATED = 'as=APIGroupDiscoveryList';

interface DiscoveredResource {
  group: string;
  version: string;
  name: string;
  kind: string;
  namespaced: boolean;
  shortNames: readonly string[];
  verbs: readonly string[];
}

/** What `kubectl get all` means. */
const ALL = [
  'Pod',
  'ReplicationController',
  'Service',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'CronJob',
  'Job',
];
const categories = (kind: string) => (ALL.includes(kind) ? ['all'] : []);

const RESOURCES: readonly DiscoveredResource[] = [
  ...RESOURCE_TYPES.map((type) => ({ ...type, name: type.plural, verbs: VERBS })),
  ...REVIEW_TYPES.map((type) => ({ ...type, name: type.plural, namespaced: false, shortNames: [], verbs: ['create'] })),
  { group: '', version: 'v1', name: 'pods/log', kind: 'Pod', namespaced: true, shortNames: [], verbs: ['get'] },
];

const groupNames = [...new Set(RESOURCES.map(({ group }) => group))].filter(Boolean);
const versionsOf = (group: string) => [
  ...new Set(RESOURCES.filter((resource) => resource.group === group).map(({ version }) => version)),
];

function groupDocument(name: string): object {
  const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

const resourceList = (group: string, version: string) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: apiVersionOf({ group, version }),
  resources: RESOURCES.filter((resource) => resource.group === group && resource.version === version).map(
    ({ name, kind, namespaced, shortNames, verbs }) => ({
      name,
      singularName: '',
      namespaced,
      kind,
      shortNames,
      verbs,
      categories: name.includes('/') ? [] : categories(kind),
    }),
  ),
});

const aggregated = (groups: readonly string[], apiVersion: string) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
  metadata: {},
  items: groups.map((group) => ({
    metadata: group ? { name: group } : {},
    versions: versionsOf(group).map((version) => ({
      version,
      freshness: 'Current',
      resources: RESOURCES.filter((r) => r.group === group && r.version === version && !r.name.includes('/')).map(
        (resource) => ({
          resource: resource.name,
          responseKind: { group, version, kind: resource.kind },
          scope: resource.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: resource.kind.toLowerCase(),
          verbs: resource.verbs,
          shortNames: resource.shortNames,
          categories: categories(resource.kind),
        }),
      ),
    })),
  })),
});

/**
 * The answer to a discovery path, or undefined when it is none. `/api` and `/apis` come in the aggregated form
 * (apidiscovery.k8s.io) for a client that asks for it, in the legacy form otherwise.
 */
export function discoveryDocument(path: string, accept: string): { contentType: string; body: object } | undefined {
  const json = (body: object) => ({ contentType: 'application/json', body });
  if (path === '/api' || path === '/apis') {
    const groups = path === '/api' ? [''] : groupNames;
    if (accept.includes(AGGREGATED)) {
      const version = accept.includes(`v=v2;${AGGREGATED}`) ? 'v2' : 'v2beta1';
      const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};${AGGREGATED}`;
      return { contentType, body: aggregated(groups, version) };
    }
    return path === '/api'
      ? json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] })
      : json({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupDocument) });
  }
  if (path === '/api/v1') return json(resourceList('', 'v1'));
  const [, group = '', version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (!groupNames.includes(group)) return undefined;
  if (!version) return json({ kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) });
  return versionsOf(group).includes(version) ? json(resourceList(group, version)) : undefined;
}
