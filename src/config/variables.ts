import path from 'node:path';
import { z } from 'zod';
import { parseByteSize } from '../kernel/byte-size.js';
import { FAILPOINTS } from '../kernel/failpoints.js';
import type { Failpoint } from '../kernel/failpoints.js';
import { isNetwork, PRIVATE_NETWORKS } from '../kernel/ip-networks.js';
import { readModelPrices } from './model-prices-file.js';
import { parseMasterSecret } from './master-secret.js';

const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
};

const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const url = (protocol: RegExp, example: string) => z.url({ protocol, error: `must be a URL such as ${example}` });

const upstreamUrl = (provider: string) =>
  url(/^https?$/, provider)
    .default(provider)
    .transform((text) => text.replace(/\/+$/, ''));

const absolutePath = z.string().transform((file) => path.resolve(file));

const byteSize = z.string().transform((text, context) => {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes >= 64 * 1024 ** 2) return bytes;
  context.addIssue('must be a size of at least 64m, such as 512m or 2g');
  return z.NEVER;
});

const masterSecret = z.string().transform((text, context) => {
  const result = parseMasterSecret(text);
  if ('secret' in result) return result.secret;
  context.addIssue(result.fault);
  return z.NEVER;
});

const origins = z.string().transform((text, context) => {
  const list = text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  const wrong = list.filter(
    (origin) => !/^https?:/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin,
  );
  if (wrong.length === 0) return list;
  context.addIssue(`must be origins such as https://dashboard.example.com, parted by commas; not: ${wrong.join(', ')}`);
  return z.NEVER;
});

const models = z.string().transform((text, context) => {
  const names = text.split(',').map((name) => name.trim());
  const isGood = names.every((name) => /^[A-Za-z0-9][\w.:/@-]{0,127}$/.test(name));
  if (isGood && new Set(names).size === names.length) return names;
  context.addIssue('must be different models such as gpt-4o,claude-3-opus, parted by commas');
  return z.NEVER;
});

const networks = z.string().transform((text, context) => {
  const list = text
    .split(',')
    .map((network) => network.trim())
    .filter((network) => network !== '');
  const wrong = list.filter((network) => !isNetwork(network));
  if (wrong.length === 0) return list;
  context.addIssue(`must be networks such as 10.0.0.0/8,fd00::/8, parted by commas; not: ${wrong.join(', ')}`);
  return z.NEVER;
});

const modelPrices = absolutePath.transform((file, context) => {
  const result = readModelPrices(file);
  if ('prices' in result) return result.prices;
  context.addIssue(result.fault);
  return z.NEVER;
});

const failpoints = z.string().transform((text, context): Failpoint[] => {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isKnown = (name: string): name is Failpoint => (FAILPOINTS as readonly string[]).includes(name);
  if (names.every(isKnown)) return names;
  context.addIssue(`must be of ${FAILPOINTS.join(', ')}`);
  return z.NEVER;
});

/** Every variable that triaged reads, with its default. */
export const variables = z.object({
  NODE_ENV: oneOf('development', 'test', 'production').default('development'),
  ROLE: oneOf('all', 'api', 'worker').default('all'),
  PEER_URL: url(/^https?$/, 'http://10.0.0.5:4000')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: integer(0, 65_535).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(/^https?$/, 'http://127.0.0.1:4318').optional(),
  OTEL_SERVICE_NAME: z.string().default('triaged'),
  SHUTDOWN_DELAY: integer(0, 600).optional(),
  SHUTDOWN_TIMEOUT: integer(1, 3_600).default(25),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
  DATA_DIR: absolutePath.prefault('.data'),
  RUN_DIR: absolutePath.optional(),
  DATA_ROOT: absolutePath.optional(),
  CHANNEL_DIR: absolutePath.optional(),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user:password@host:5432/database').optional(),
  REDIS_URL: url(/^rediss?$/, 'redis://host:6379').optional(),
  MASTER_SECRET: masterSecret.optional(),
  MASTER_SECRET_SECONDARY: masterSecret.optional(),
  API_KEYS_FILE: absolutePath.optional(),
  MODEL_UPSTREAM: oneOf('mock', 'http').default('mock'),
  ANTHROPIC_UPSTREAM_URL: upstreamUrl('https://api.anthropic.com'),
  OPENAI_UPSTREAM_URL: upstreamUrl('https://api.openai.com'),
  GOOGLE_UPSTREAM_URL: upstreamUrl('https://generativelanguage.googleapis.com'),
  MODEL_PRICES_FILE: modelPrices.optional(),
  RUNTIME: oneOf('auto', 'docker', 'local', 'fake').default('auto'),
  DOCKER_HOST: z
    .string()
    .regex(
      /^(unix:\/\/\/|tcp:\/\/|https?:\/\/)./,
      'must be an address such as unix:///var/run/docker.sock or tcp://host:2376',
    )
    .optional(),
  AGENT_IMAGE: z.string().regex(/^\S+$/, 'must be the name of an image').default('k8s-triage-agent:latest'),
  MAX_CONCURRENT_RUNS: integer(1, 1000).default(4),
  MAX_QUEUED_RUNS: integer(1, 100_000).default(100),
  RUN_SILENCE_TIMEOUT: integer(0, 86_400).default(900),
  RETENTION_DAYS: integer(1, 36_500).optional(),
  CONTAINER_TIMEOUT: integer(1, 86_400).default(600),
  MAX_LOG_SIZE: byteSize.prefault('1g'),
  CONTAINER_MEMORY: byteSize.prefault('2g'),
  RATE_LIMIT_REQUESTS: integer(1, 1_000_000).default(100),
  RATE_LIMIT_WINDOW_SECONDS: integer(1, 86_400).default(60),
  CLUSTER_NETWORKS: networks.prefault(PRIVATE_NETWORKS.join()),
  EGRESS_NETWORKS: networks.prefault(''),
  MODEL_NETWORKS: networks.prefault(''),
  ALLOWED_ORIGINS: origins.prefault(''),
  ALLOWED_MODELS: models.prefault('gpt-4o,gpt-4,gpt-3.5-turbo,claude-3-opus,claude-3-sonnet'),
  MAX_PROMPT_LENGTH: integer(1, 100_000).default(10_000),
  // The columns hold no more.
  MAX_NAME_LENGTH: integer(1, 255).default(100),
  MAX_DESCRIPTION_LENGTH: integer(0, 10_000).default(1_000),
  MAX_ROLE_LENGTH: integer(1, 255).default(100),
  DEFAULT_PAGE_LIMIT: integer(1, 1_000).default(20),
  MAX_PAGE_LIMIT: integer(1, 1_000).default(100),
  // Where tests have the process die.
  TRIAGED_FAILPOINTS: failpoints.prefault(''),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
});

export type Variables = z.infer<typeof variables>;

/** Secrets: for each, NAME_FILE may name a file that holds the value, as orchestrators mount it. */
export const FILE_VARIABLES = ['DATABASE_URL', 'REDIS_URL', 'MASTER_SECRET', 'MASTER_SECRET_SECONDARY'] as const;
