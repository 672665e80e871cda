// The security table: each threat, and the tests that show what is done about it. They run where they stand; a reference is a
// file, alone or with a part of the full names of its tests.

/** @type {readonly { threat: string, shownBy: readonly string[] }[]} */
export const SECURITY_ROWS = [
  {
    threat: 'stolen database',
    shownBy: [
      'src/features/credentials/credential-sealer.test.ts',
      'src/features/credentials/sealer.test.ts',
      'src/features/tenants/api-key-registry.test.ts › keeps no key on disk',
      'tests/integration/credentials.test.ts › a credential that cannot be read',
    ],
  },
  {
    threat: 'weak master secret',
    shownBy: [
      'src/config/master-secret.test.ts › refuses',
      'tests/integration/credential-kills.test.ts › the rotation of the master secret',
      'tests/e2e/master-secret.test.ts',
    ],
  },
  {
    threat: 'cross-tenant reads',
    shownBy: [
      'tests/integration/isolation.test.ts',
      'tests/integration/platform-isolation.test.ts',
      'tests/integration/row-level-security.test.ts',
      'tests/integration/row-level-security-alone.test.ts',
    ],
  },
  {
    threat: 'query denial of service',
    shownBy: [
      'tests/integration/abuse-documents.test.ts',
      'tests/integration/abuse-requests.test.ts',
      'tests/integration/graphql-cop.test.ts',
    ],
  },
  {
    threat: 'one request, many executions',
    shownBy: [
      'tests/e2e/quota.test.ts › stops 1,000 aliased executions',
      'tests/e2e/quota.test.ts › never executes more than the quota',
    ],
  },
  { threat: 'socket hijack and flood', shownBy: ['src/http/graphql-sockets.test.ts'] },
  {
    threat: 'key on disk or in the engine',
    shownBy: ['tests/e2e/secrets.test.ts', 'tests/e2e/keys-nowhere.test.ts'],
  },
  { threat: 'agent steals its key', shownBy: ['tests/e2e/brokered-key.test.ts'] },
  {
    threat: 'gateway as a way out',
    shownBy: ['src/features/gateway/gateway.corpus.test.ts', 'src/features/gateway/gateway.keys.test.ts'],
  },
  { threat: 'tenant kubeconfig runs code', shownBy: ['src/features/clusters/kubeconfig.test.ts › refuses'] },
  {
    threat: 'SSRF by base URL, cluster, CONNECT',
    shownBy: [
      'src/kernel/guarded-connect.test.ts',
      'tests/integration/connection-base-urls.test.ts',
      'tests/integration/cluster-connections.test.ts › does not dial addresses',
      'tests/integration/cluster-connections.test.ts › follows no redirect',
    ],
  },
  { threat: 'exfiltration', shownBy: ['tests/e2e/network.test.ts'] },
  {
    threat: 'container escape',
    shownBy: ['tests/e2e/container-escape.test.ts', 'tests/e2e/docker-runtime.test.ts › hardened'],
  },
  { threat: 'workspace traversal, hostile artifacts', shownBy: ['tests/e2e/hostile-artifacts.test.ts'] },
  {
    threat: 'escape sequences in a log on a real terminal',
    shownBy: [
      'tests/e2e/hostile-terminal.test.ts',
      'tests/shell/run-agent-end.bats › a terminal is shown text and colours',
      'sdk/src/renderer/terminal-renderer.test.ts',
      'src/cli/output/table.test.ts › shows',
    ],
  },
  {
    threat: 'secrets in output',
    shownBy: [
      'src/features/masking/masker.test.ts',
      'src/features/masking/masked-log.test.ts',
      'tests/e2e/masking.test.ts',
    ],
  },
  {
    threat: 'prompt injection through cluster text',
    shownBy: [
      'tests/integration/cluster-rights.test.ts › refuses a credential that reads Secrets',
      'tests/shell/context.bats › cannot close',
    ],
  },
];

/** The files of all references. */
export const SECURITY_FILES = [
  ...new Set(SECURITY_ROWS.flatMap(({ shownBy }) => shownBy.map((reference) => reference.split(' › ')[0] ?? ''))),
];
