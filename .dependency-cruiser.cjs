// The import table of ARCHITECTURE.md as rules. What is not allowed by a row is refused.
const own = '^(src|agent-image|migrations|sdk|demo|bench|dashboard|playground)/';
const protocol = '^agent-image/triaged-init/(protocol|tunnel)\\.ts$';
const tests = '\\.test\\.ts$';

const row = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: own, pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
    row('kernel', '^src/kernel/', ['^src/kernel/'], 'kernel imports nothing of ours'),
    row('ports', '^src/ports/', ['^src/(kernel|ports)/'], 'ports import kernel'),
    row('config', '^src/config/', ['^src/(kernel|config)/'], 'config imports kernel'),
    row(
      'features',
      '^src/features/([^/]+)/',
      ['^src/(kernel|ports)/', '^src/features/$1/', '^src/features/[^/]+/index\\.ts$', protocol],
      "a feature imports kernel, ports, itself and other features' index.ts",
    ),
    row(
      'adapters',
      '^src/adapters/',
      ['^src/(kernel|ports|adapters)/', '^src/config/index\\.ts$', '^agent-image/triaged-init/'],
      'adapters import kernel, ports, configuration types and, to run it, triaged-init',
    ),
    row(
      'graphql-http',
      '^src/(graphql|http)/',
      ['^src/(kernel|ports|graphql|http)/', '^src/features/[^/]+/index\\.ts$', '^src/config/index\\.ts$'],
      "graphql and http import kernel, ports, features' index.ts, configuration types",
    ),
    row(
      'cli',
      '^src/cli/',
      ['^src/(kernel|cli|composition)/', '^src/(features/[^/]+|config)/index\\.ts$', '^src/main\\.ts$', '^sdk/src/'],
      "the command line imports the SDK, kernel, configuration, features' index.ts, and the server, to run it",
    ),
    row(
      'cli-client',
      '^src/cli/(?!definitions/server|commands/(keys|expiry|master-secret))',
      ['^src/cli/', '^sdk/src/'],
      'commands that ask a server are a client like any other',
    ),
    row('triaged-init', '^agent-image/', ['^agent-image/'], 'triaged-init stands alone in the image'),
    row('sdk', '^sdk/', ['^sdk/'], 'the SDK stands alone'),
    row(
      'dashboard',
      '^dashboard/',
      ['^(dashboard|sdk/src)/', '^src/features/triage/json-fault\\.ts$'],
      'the dashboard is a client like any other; it finds the fault of a JSON text as the server does',
    ),
    row(
      'demo',
      '^demo/',
      ['^(demo|sdk)/', '^src/cli/(local-server|start-once|system-code)\\.ts$'],
      'the demo is a client like any other; it finds servers, and starts runs, as the command line does',
    ),
    {
      name: 'protocol-only-for-runs',
      comment: 'only the two ends of the run channel know its protocol',
      severity: 'error',
      from: { path: '^src/features/', pathNot: ['^src/features/(run-channel|triage|ai-agents)/', tests] },
      to: { path: protocol },
    },
    {
      name: 'config-is-a-type',
      comment: 'only compose and main read the configuration; the others are handed values',
      severity: 'error',
      from: { path: '^src/(adapters|graphql|http|features)/', pathNot: tests },
      to: { path: '^src/config/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
