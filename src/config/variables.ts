import { z } from 'zod';
import { PRIVATE_NETWORKS } from '../kernel/ip-networks.js';
import {
  absolutePath,
  byteSize,
  engineAddress,
  failpoints,
  imageName,
  integer,
  masterSecret,
  modelPrices,
  models,
  networks,
  oneOf,
  origins,
  text,
  upstreamUrl,
  url,
} from './variable-kinds.js';

/** What docs/configuration.md says of a variable; Markdown, links as seen from there. */
export interface VariableDescription {
  readonly group: VariableGroup;
  readonly meaning: string;
  /** What holds while it is not set; only for a variable without a default. */
  readonly unset?: string;
  /** Of a number. */
  readonly unit?: string;
  /** The one role that reads it; both do unless given. */
  readonly role?: 'api' | 'worker';
}

/** In the order of the reference. */
export const VARIABLE_GROUPS = {
  server: 'The server',
  folders: 'Folders',
  parts: 'Database, Redis, secrets and keys',
  models: 'Model providers',
  runs: 'Triage runs',
  networks: 'What may be reached',
  api: 'Quota and the agent platform',
  telemetry: 'Logs, metrics and traces',
  development: 'For development and tests',
} as const;
export type VariableGroup = keyof typeof VARIABLE_GROUPS;

export const descriptions = z.registry<VariableDescription>();

type Details = Omit<VariableDescription, 'group' | 'meaning'>;
const describing =
  (group: VariableGroup) =>
  <T extends z.core.$ZodType>(meaning: string, schema: T, details: Details = {}): T => {
    descriptions.add(schema, { group, meaning, ...details });
    return schema;
  };

const server = describing('server');
const folders = describing('folders');
const parts = describing('parts');
const provider = describing('models');
const runs = describing('runs');
const reach = describing('networks');
const api = describing('api');
const telemetry = describing('telemetry');
const development = describing('development');

/** Every variable that triaged reads, with its default. The source of docs/configuration.md: `npm run docs`. */
export const variables = z.object({
  NODE_ENV: server(
    '`production` refuses embedded, generated and mock parts.',
    oneOf('development', 'test', 'production').default('development'),
  ),
  ROLE: server(
    '`api` answers clients and has no engine; `worker` carries out runs and answers no client; `all` does both ([several servers](operation.md#several-servers)).',
    oneOf('all', 'api', 'worker').default('all'),
  ),
  HOST: server('The address to listen on.', text('an address').default('127.0.0.1')),
  PORT: server('The port to listen on; 0 lets the system choose.', integer(0, 65_535).default(4000)),
  PEER_URL: server(
    'Where other servers reach this one.',
    url(/^https?$/, 'http://10.0.0.5:4000')
      .transform((given) => given.replace(/\/+$/, ''))
      .optional(),
    { unset: "made of `HOST` and `PORT`, with the machine's name when it listens everywhere" },
  ),
  SHUTDOWN_DELAY: server(
    'From [the signal to end](operation.md#ending-a-server) until requests are refused.',
    integer(0, 600).optional(),
    { unit: 'seconds', unset: '`0`; `5` in production' },
  ),
  SHUTDOWN_TIMEOUT: server(
    'From the signal until the process ends in any case; more than `SHUTDOWN_DELAY`.',
    integer(1, 3_600).default(25),
    { unit: 'seconds' },
  ),

  DATA_DIR: folders("Generated secrets and the embedded Postgres; each server's own.", absolutePath.prefault('.data')),
  RUN_DIR: folders(
    "Run logs, artifacts, usage journals; shared by [servers of one engine](operation.md#several-servers), which take over each other's runs.",
    absolutePath.optional(),
    { unset: 'is `DATA_DIR`' },
  ),
  DATA_ROOT: folders("AI agents' configuration folders; each server's own.", absolutePath.optional(), {
    unset: '`DATA_DIR/instances`',
  }),
  CHANNEL_DIR: folders("Run channels' sockets, so at most 79 bytes; shared like `RUN_DIR`.", absolutePath.optional(), {
    unset: '`RUN_DIR/ch`, or a folder in the temporary one when that is too long',
  }),

  DATABASE_URL: parts(
    'Postgres, version 15 or newer, not behind a pooler in transaction mode; [ADR 0008](adr/0008-row-level-security.md) says what its role needs.',
    url(/^postgres(ql)?$/, 'postgres://user:password@host:5432/database').optional(),
    { unset: 'an embedded Postgres' },
  ),
  REDIS_URL: parts(
    'Quotas, limits and events of several servers. Give Redis `maxmemory-policy noeviction`.',
    url(/^rediss?$/, 'redis://host:6379').optional(),
    { unset: 'in memory, for one server alone' },
  ),
  MASTER_SECRET: parts('What credentials are sealed with.', masterSecret.optional(), {
    unset: '`master.secret` in `DATA_DIR`, generated',
  }),
  MASTER_SECRET_SECONDARY: parts(
    'While the master secret is [rotated](operation.md#rotating-the-master-secret): opens what it sealed, seals nothing.',
    masterSecret.optional(),
    { unset: 'none' },
  ),
  API_KEYS_FILE: parts(
    'The registry of API keys and of [bounds for each tenant](operation.md#keys-and-bounds-of-tenants).',
    absolutePath.optional(),
    { unset: '`api-keys.json` in `DATA_DIR`, with a demo tenant' },
  ),

  MODEL_UPSTREAM: provider(
    '`http` calls the real providers; `mock` is the [built-in mock](built-in-mock.md), which production refuses.',
    oneOf('mock', 'http').default('mock'),
  ),
  ANTHROPIC_UPSTREAM_URL: provider(
    "Where `http` sends Anthropic's calls; an instance's `baseUrl` comes first.",
    upstreamUrl('https://api.anthropic.com'),
  ),
  OPENAI_UPSTREAM_URL: provider('The same for OpenAI.', upstreamUrl('https://api.openai.com')),
  GOOGLE_UPSTREAM_URL: provider('The same for Google.', upstreamUrl('https://generativelanguage.googleapis.com')),
  MODEL_PRICES_FILE: provider(
    'What [model calls cost](operation.md#what-model-calls-cost), for `estimatedCost` and budgets.',
    modelPrices.optional(),
    { unset: "the AI agents' default models" },
  ),

  RUNTIME: runs(
    '`docker` runs agents in containers; `auto` is Docker, or an error that says what to do; `local` is a plain process without isolation and `fake` runs nothing, both refused in production.',
    oneOf('auto', 'docker', 'local', 'fake').default('auto'),
    { role: 'worker' },
  ),
  DOCKER_HOST: runs('Which engine.', engineAddress.optional(), {
    unset: "the engine's usual socket",
    role: 'worker',
  }),
  AGENT_IMAGE: runs("The agents' image, made by `npm run image`.", imageName.default('k8s-triage-agent:latest'), {
    role: 'worker',
  }),
  MAX_CONCURRENT_RUNS: runs('Runs that a server carries out at a time.', integer(1, 1000).default(4), {
    role: 'worker',
  }),
  MAX_QUEUED_RUNS: runs(
    'Runs of one tenant that may wait; tenants take turns ([ADR 0014](adr/0014-queue.md)).',
    integer(1, 100_000).default(100),
    { role: 'api' },
  ),
  CONTAINER_TIMEOUT: runs('How long a run that does not say may take.', integer(1, 86_400).default(600), {
    unit: 'seconds',
    role: 'api',
  }),
  CONTAINER_MEMORY: runs('Memory of a run that does not say.', byteSize.prefault('2g'), { role: 'api' }),
  RUN_SILENCE_TIMEOUT: runs(
    'How long an agent may print nothing with no model call under way, before it is ended; 0: for ever ([why 900](operation.md#agents-that-say-nothing)).',
    integer(0, 86_400).default(900),
    { unit: 'seconds', role: 'worker' },
  ),
  MAX_LOG_SIZE: runs(
    "Of one run's log: an agent that prints more is ended. So is one whose log has more than 8 MiB when less than a tenth of the disk, or 1 GiB, is free.",
    byteSize.prefault('1g'),
    { role: 'worker' },
  ),
  RETENTION_DAYS: runs(
    "How long logs and artifacts are kept after a run's end ([what stays](operation.md#retention)).",
    integer(1, 36_500).optional(),
    { unit: 'days', unset: 'for ever', role: 'worker' },
  ),

  CLUSTER_NETWORKS: reach(
    'Networks in which clusters may be, beside the public internet; name yours alone to keep tenants from the rest.',
    networks.prefault(PRIVATE_NETWORKS.join()),
  ),
  EGRESS_NETWORKS: reach(
    "Networks in which hosts on instances' egress lists may be, beside the public internet.",
    networks.prefault(''),
  ),
  MODEL_NETWORKS: reach(
    'Networks in which base URLs that tenants give of model providers may be, beside the public internet; there also by http.',
    networks.prefault(''),
  ),
  ALLOWED_ORIGINS: reach('Further origins whose pages may open sockets here.', origins.prefault(''), { role: 'api' }),

  RATE_LIMIT_REQUESTS: api('Operations of a tenant in each window.', integer(1, 1_000_000).default(100), {
    role: 'api',
  }),
  RATE_LIMIT_WINDOW_SECONDS: api('How long a window is.', integer(1, 86_400).default(60), {
    unit: 'seconds',
    role: 'api',
  }),
  ALLOWED_MODELS: api(
    'What `runAgent` takes; with an instance, names as the provider knows them.',
    models.prefault('gpt-4o,gpt-4,gpt-3.5-turbo,claude-3-opus,claude-3-sonnet'),
    { role: 'api' },
  ),
  MAX_PROMPT_LENGTH: api('Of the task of `runAgent`.', integer(1, 100_000).default(10_000), characters()),
  // The columns hold no more.
  MAX_NAME_LENGTH: api('Of names of tools, agents and clusters.', integer(1, 255).default(100), characters()),
  MAX_DESCRIPTION_LENGTH: api('Of descriptions of tools and agents.', integer(0, 10_000).default(1_000), characters()),
  MAX_ROLE_LENGTH: api('Of roles of agents.', integer(1, 255).default(100), characters()),
  DEFAULT_PAGE_LIMIT: api('Rows in a page of any list that names no `limit`.', integer(1, 1_000).default(20), {
    role: 'api',
  }),
  MAX_PAGE_LIMIT: api('Rows in a page at most.', integer(1, 1_000).default(100), { role: 'api' }),

  LOG_LEVEL: telemetry(
    "The server's own log, on standard output.",
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
  ),
  METRICS_PORT: telemetry(
    'Where [metrics](operation.md#metrics) for Prometheus are; another port than `PORT`.',
    integer(0, 65_535).optional(),
    { unset: 'there are none' },
  ),
  METRICS_HOST: telemetry('The address of the metrics.', text('an address').default('127.0.0.1')),
  OTEL_EXPORTER_OTLP_ENDPOINT: telemetry(
    'The OpenTelemetry collector that gets [traces](operation.md#traces).',
    url(/^https?$/, 'http://127.0.0.1:4318').optional(),
    { unset: 'there are none' },
  ),
  OTEL_SERVICE_NAME: telemetry('The name of the service in traces.', text('a name').default('triaged')),

  PATH: development(
    'Where the runtime `local` looks for CLIs.',
    text('folders, parted by colons').default('/usr/local/bin:/usr/bin:/bin'),
    { role: 'worker' },
  ),
  TRIAGED_FAILPOINTS: development('Where tests have the process die; production refuses it.', failpoints.prefault('')),
});

function characters(): Details {
  return { unit: 'characters (Unicode code points)', role: 'api' };
}

export type Variables = z.infer<typeof variables>;

/** Secrets: for each, NAME_FILE may name a file that holds the value, as orchestrators mount it. */
export const FILE_VARIABLES = ['DATABASE_URL', 'REDIS_URL', 'MASTER_SECRET', 'MASTER_SECRET_SECONDARY'] as const;
