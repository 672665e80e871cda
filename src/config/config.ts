import type { Failpoint } from '../kernel/failpoints.js';
import type { ModelPriceTable } from '../kernel/model-price.js';

/**
 * What the operator decided, parsed and complete. An optional field that is absent means that the part is embedded or
 * generated; production refuses that.
 */
export interface Config {
  /** NODE_ENV */
  readonly nodeEnv: 'development' | 'test' | 'production';
  /** HOST: the address to listen on. */
  readonly host: string;
  /** PORT: 0 lets the system choose. */
  readonly port: number;
  /** METRICS_HOST and METRICS_PORT: absent means that there are no metrics. */
  readonly metrics?: { readonly host: string; readonly port: number };
  /** OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_SERVICE_NAME: absent means that nothing is traced. */
  readonly tracing?: { readonly endpoint: string; readonly serviceName: string };
  readonly shutdown: {
    /** SHUTDOWN_DELAY: from the signal, at which readiness fails, until requests are refused. */
    readonly delaySeconds: number;
    /** SHUTDOWN_TIMEOUT: from the signal until the process ends whatever is still open. */
    readonly timeoutSeconds: number;
  };
  /** LOG_LEVEL */
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** ROLE: `api` answers clients, `worker` carries out runs, `all` does both. */
  readonly role: 'all' | 'api' | 'worker';
  /** PEER_URL, without a slash at its end: where other servers reach this one; made of HOST and PORT when absent. */
  readonly peerUrl?: string;
  /** DATA_DIR, absolute: generated secrets and the embedded Postgres; this server's alone. */
  readonly dataDir: string;
  /** RUN_DIR, absolute: run logs, artifacts, channels and usage journals; servers of one engine share it. */
  readonly runDir: string;
  /** DATA_ROOT, absolute: `{data_root}` of the specification, the instances' configuration folders. */
  readonly dataRoot: string;
  /** CHANNEL_DIR, absolute: the run channels' sockets; short enough for a socket's path. */
  readonly channelDir: string;
  /** DATABASE_URL: absent means the embedded Postgres. */
  readonly databaseUrl?: string;
  /** REDIS_URL: absent means limiter and event bus in memory, for one server alone. */
  readonly redisUrl?: string;
  /** MASTER_SECRET, 32 bytes: absent means the generated one in the data folder. */
  readonly masterSecret?: Buffer;
  /** MASTER_SECRET_SECONDARY, 32 bytes: while the master secret is rotated, another that opens and seals nothing. */
  readonly secondaryMasterSecret?: Buffer;
  /** API_KEYS_FILE, absolute: absent means `api-keys.json` in the data folder with a demo tenant. */
  readonly apiKeysFile?: string;
  /** MODEL_UPSTREAM */
  readonly modelUpstream: 'mock' | 'http';
  /** ANTHROPIC_UPSTREAM_URL, OPENAI_UPSTREAM_URL, GOOGLE_UPSTREAM_URL, without a slash at their end. */
  readonly modelUpstreamUrls: Readonly<Record<'anthropic' | 'openai' | 'google', string>>;
  /** MODEL_PRICES_FILE: what is estimated; a table of the default models when no file is named. */
  readonly modelPrices: ModelPriceTable;
  /** RUNTIME */
  readonly runtime: 'auto' | 'docker' | 'local' | 'fake';
  /** DOCKER_HOST: absent means the engine's usual socket. */
  readonly dockerHost?: string;
  /** AGENT_IMAGE */
  readonly agentImage: string;
  /** MAX_CONCURRENT_RUNS of this server. */
  readonly maxConcurrentRuns: number;
  /** MAX_QUEUED_RUNS of each tenant. */
  readonly maxQueuedRuns: number;
  /** RUN_SILENCE_TIMEOUT: how long an agent may be silent; 0 for ever. */
  readonly runSilenceSeconds: number;
  /** RETENTION_DAYS: how long logs and artifacts are kept after a run's end; absent: for ever. */
  readonly retentionDays?: number;
  /** CONTAINER_TIMEOUT of a run that names none. */
  readonly containerTimeoutSeconds: number;
  /** MAX_LOG_SIZE of each run: an agent that prints more is ended. */
  readonly maxLogBytes: number;
  /** CONTAINER_MEMORY of a run that names none. */
  readonly containerMemoryBytes: number;
  /** RATE_LIMIT_REQUESTS and RATE_LIMIT_WINDOW_SECONDS, for each tenant. */
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number };
  /** CLUSTER_NETWORKS: where clusters may be beside the public internet, in CIDR notation; private networks by default. */
  readonly clusterNetworks: readonly string[];
  /** EGRESS_NETWORKS: where hosts on egress lists may be beside the public internet; nowhere by default. */
  readonly egressNetworks: readonly string[];
  /** TRIAGED_FAILPOINTS: where this process is to die, for tests; none otherwise. */
  readonly failpoints: readonly Failpoint[];
  /** MODEL_NETWORKS: where tenants' base URLs may be beside the public internet; nowhere by default. */
  readonly modelNetworks: readonly string[];
  /** ALLOWED_ORIGINS: browsers' origins beside our own, e.g. `https://dashboard.example.com`. */
  readonly allowedOrigins: readonly string[];
  /** PATH: where the local runtime looks for CLIs. */
  readonly searchPath: string;
  /** What npm may see of the environment when the local runtime fetches a CLI: no secret of the server's. */
  readonly npmEnvironment: Readonly<Record<string, string>>;
  /** What the agent platform allows; lengths count code points. */
  readonly platform: {
    /** ALLOWED_MODELS of `runAgent`. */
    readonly allowedModels: readonly string[];
    /** MAX_PROMPT_LENGTH */
    readonly maxPromptLength: number;
    /** MAX_NAME_LENGTH */
    readonly maxNameLength: number;
    /** MAX_DESCRIPTION_LENGTH */
    readonly maxDescriptionLength: number;
    /** MAX_ROLE_LENGTH */
    readonly maxRoleLength: number;
    /** DEFAULT_PAGE_LIMIT */
    readonly defaultPageLimit: number;
    /** MAX_PAGE_LIMIT */
    readonly maxPageLimit: number;
  };
}
