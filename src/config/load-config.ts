import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from './config.js';
import { ConfigurationError, type ConfigurationFault } from './configuration-error.js';
import { DEFAULT_MODEL_PRICES } from './default-model-prices.js';
import { productionFaults, roleFaults } from './required-variables.js';
import { FILE_VARIABLES, variables, type Variables } from './variables.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A unix socket's path has 107 bytes; below the folder of channels come `/`, 22 characters, `/s` and three more. */
const CHANNEL_DIR_LIMIT = 107 - 28;

/** As long as load balancers usually take to see that readiness fails. */
const PRODUCTION_SHUTDOWN_DELAY = 5;

/** The variables that are set, blank ones left out, those given as files read. */
function collect(environment: Environment, faults: ConfigurationFault[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value.trim() !== '') given[name] = value.trim();
  }
  for (const name of FILE_VARIABLES) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined) {
      faults.push({ variable: `${name}_FILE`, fault: `is set together with ${name}: set one of the two` });
      continue;
    }
    try {
      given[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      faults.push({
        variable: `${name}_FILE`,
        fault: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      });
      continue;
    }
    if (given[name] === '') faults.push({ variable: `${name}_FILE`, fault: 'names an empty file' });
  }
  return given;
}

const runDirOf = (parsed: Variables): string => parsed.RUN_DIR ?? parsed.DATA_DIR;

function channelDir(parsed: Variables): string {
  if (parsed.CHANNEL_DIR !== undefined) return parsed.CHANNEL_DIR;
  const runDir = runDirOf(parsed);
  const usual = path.join(runDir, 'ch');
  if (Buffer.byteLength(usual) <= CHANNEL_DIR_LIMIT) return usual;
  const hash = createHash('sha256').update(runDir).digest('hex').slice(0, 16);
  return path.join(tmpdir(), `triaged-${hash}`);
}

/** Absent fields stay absent: `exactOptionalPropertyTypes` tells them from undefined ones. */
const given = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

/** What npm needs to find its settings, the network and its scripts' tools; a secret of the server's is none of it. */
const OF_NPM = /^(PATH|HOME|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|NPM_CONFIG_.+)$/i;

const npmEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && OF_NPM.test(name) ? [[name, value]] : [],
    ),
  );

function toConfig(parsed: Variables, environment: Environment): Config {
  return {
    nodeEnv: parsed.NODE_ENV,
    role: parsed.ROLE,
    ...given('peerUrl', parsed.PEER_URL),
    host: parsed.HOST,
    port: parsed.PORT,
    ...given(
      'metrics',
      parsed.METRICS_PORT === undefined ? undefined : { host: parsed.METRICS_HOST, port: parsed.METRICS_PORT },
    ),
    ...given(
      'tracing',
      parsed.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? undefined
        : { endpoint: parsed.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: parsed.OTEL_SERVICE_NAME },
    ),
    shutdown: {
      delaySeconds: parsed.SHUTDOWN_DELAY ?? (parsed.NODE_ENV === 'production' ? PRODUCTION_SHUTDOWN_DELAY : 0),
      timeoutSeconds: parsed.SHUTDOWN_TIMEOUT,
    },
    logLevel: parsed.LOG_LEVEL,
    dataDir: parsed.DATA_DIR,
    runDir: runDirOf(parsed),
    dataRoot: parsed.DATA_ROOT ?? path.join(parsed.DATA_DIR, 'instances'),
    channelDir: channelDir(parsed),
    ...given('databaseUrl', parsed.DATABASE_URL),
    ...given('redisUrl', parsed.REDIS_URL),
    ...given('masterSecret', parsed.MASTER_SECRET),
    ...given('secondaryMasterSecret', parsed.MASTER_SECRET_SECONDARY),
    ...given('apiKeysFile', parsed.API_KEYS_FILE),
    modelUpstream: parsed.MODEL_UPSTREAM,
    modelUpstreamUrls: {
      anthropic: parsed.ANTHROPIC_UPSTREAM_URL,
      openai: parsed.OPENAI_UPSTREAM_URL,
      google: parsed.GOOGLE_UPSTREAM_URL,
    },
    modelPrices: parsed.MODEL_PRICES_FILE ?? DEFAULT_MODEL_PRICES,
    runtime: parsed.RUNTIME,
    ...given('dockerHost', parsed.DOCKER_HOST),
    agentImage: parsed.AGENT_IMAGE,
    maxConcurrentRuns: parsed.MAX_CONCURRENT_RUNS,
    maxQueuedRuns: parsed.MAX_QUEUED_RUNS,
    runSilenceSeconds: parsed.RUN_SILENCE_TIMEOUT,
    ...given('retentionDays', parsed.RETENTION_DAYS),
    containerTimeoutSeconds: parsed.CONTAINER_TIMEOUT,
    maxLogBytes: parsed.MAX_LOG_SIZE,
    containerMemoryBytes: parsed.CONTAINER_MEMORY,
    rateLimit: { limit: parsed.RATE_LIMIT_REQUESTS, windowSeconds: parsed.RATE_LIMIT_WINDOW_SECONDS },
    clusterNetworks: parsed.CLUSTER_NETWORKS,
    egressNetworks: parsed.EGRESS_NETWORKS,
    failpoints: parsed.TRIAGED_FAILPOINTS,
    modelNetworks: parsed.MODEL_NETWORKS,
    allowedOrigins: parsed.ALLOWED_ORIGINS,
    platform: {
      allowedModels: parsed.ALLOWED_MODELS,
      maxPromptLength: parsed.MAX_PROMPT_LENGTH,
      maxNameLength: parsed.MAX_NAME_LENGTH,
      maxDescriptionLength: parsed.MAX_DESCRIPTION_LENGTH,
      maxRoleLength: parsed.MAX_ROLE_LENGTH,
      defaultPageLimit: parsed.DEFAULT_PAGE_LIMIT,
      maxPageLimit: parsed.MAX_PAGE_LIMIT,
    },
    searchPath: parsed.PATH,
    npmEnvironment: npmEnvironment(environment),
  };
}

/**
 * Parses the environment. Throws ConfigurationError with every fault, each with its variable; blank variables count as
 * not set. What is absent and needs the disk (secrets, the embedded Postgres) is made later, by compose.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const faults: ConfigurationFault[] = [];
  const values = collect(environment, faults);
  faults.push(...productionFaults(values));
  for (const each of roleFaults(values)) {
    if (!faults.some(({ variable }) => variable === each.variable)) faults.push(each);
  }
  const result = variables.safeParse(values);
  for (const issue of result.error?.issues ?? []) {
    const variable = String(issue.path[0]);
    const fromFile = values[`${variable}_FILE`] !== undefined;
    const known = faults.some((fault) => fault.variable === variable || fault.variable === `${variable}_FILE`);
    if (!known) faults.push({ variable: fromFile ? `${variable}_FILE` : variable, fault: issue.message });
  }
  if (result.success) {
    const config = toConfig(result.data, environment);
    if (Buffer.byteLength(config.channelDir) > CHANNEL_DIR_LIMIT) {
      faults.push({
        variable: 'CHANNEL_DIR',
        fault: `must be a path of at most ${CHANNEL_DIR_LIMIT} bytes, because sockets lie in it`,
      });
    }
    if (config.masterSecret && config.secondaryMasterSecret?.equals(config.masterSecret)) {
      faults.push({ variable: 'MASTER_SECRET_SECONDARY', fault: 'must be another secret than MASTER_SECRET' });
    }
    if (config.metrics?.port === config.port && config.port !== 0) {
      faults.push({ variable: 'METRICS_PORT', fault: 'must be another port than PORT, to which clients have access' });
    }
    if (config.shutdown.delaySeconds >= config.shutdown.timeoutSeconds) {
      faults.push({
        variable: 'SHUTDOWN_TIMEOUT',
        fault: `must be more than SHUTDOWN_DELAY, ${config.shutdown.delaySeconds}, which is part of it`,
      });
    }
    if (config.platform.defaultPageLimit > config.platform.maxPageLimit) {
      faults.push({
        variable: 'DEFAULT_PAGE_LIMIT',
        fault: `must not be more than MAX_PAGE_LIMIT, ${config.platform.maxPageLimit}`,
      });
    }
    if (faults.length === 0) return config;
  }
  throw new ConfigurationError(faults);
}

/** Where the API keys lie, for commands that need nothing else of the configuration. */
export function apiKeysFileOf(environment: Environment = process.env): string {
  const set = collect(environment, []);
  return path.resolve(set.API_KEYS_FILE ?? path.join(set.DATA_DIR ?? '.data', 'api-keys.json'));
}
