import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { makePrivateFolder, openDataFolder, openRunFolder } from './adapters/data-folder/index.js';
import { MemoryEventBus, RedisEventBus } from './adapters/event-bus/index.js';
import {
  MemoryCallLimiter,
  MemoryRateLimiter,
  RedisCallLimiter,
  RedisRateLimiter,
} from './adapters/rate-limiter/index.js';
import { openApiKeys, type ApiKeys } from './composition/api-keys.js';
import { createConnectPolicies } from './composition/connect-policies.js';
import { openDatabase } from './composition/database.js';
import { createDomain } from './composition/domain.js';
import { observeDatabase, observeSockets, openMetrics } from './composition/metrics.js';
import { createModelUpstream } from './composition/model-upstream.js';
import { createRunPolicy } from './composition/run-policy.js';
import { observedBy } from './composition/observed-parts.js';
import { createRuntime, installation } from './composition/runtime.js';
import { createServers, peerUrlOf } from './composition/servers.js';
import { openTracing } from './composition/tracing.js';
import type { Config } from './config/index.js';
import { JournalFolders } from './features/usage/index.js';
import { answerBounds } from './graphql/answer-bounds.js';
import { buildTriagedSchema, PersistedDocuments, tenantQuota } from './graphql/index.js';
import { createTriagedServer, createWorkerServer, peerRoutes, type Readiness } from './http/index.js';
import { writeFileAtomically } from './kernel/atomic-write.js';
import { ClosingStack } from './kernel/closing.js';
import type { Endpoint } from './kernel/host-name.js';
import { resolverMap } from './resolvers.js';

export interface StartedServer {
  readonly url: string;
  /** Present when a demo tenant was made just now. */
  readonly demoKey: ApiKeys['demoKey'];
  /** Called once. Rejects when a part did not close in order; the others are closed all the same. */
  close(): Promise<void>;
}

interface BuiltServer extends Omit<StartedServer, 'close'> {
  /** Is not ready from now on, and takes up no run; goes on with what it has. */
  readonly drain: () => void;
}

const CLOSE_DEADLINE_MS = 10_000;

/**
 * Builds every part from the configuration, listens, and closes all in reverse. When a part cannot be built, what was
 * built before is closed and the error thrown; a StartupError says what the operator has to change.
 */
export async function startServer(config: Config, logger: Logger): Promise<StartedServer> {
  const unclosed: string[] = [];
  const closing = new ClosingStack((part, error) => {
    unclosed.push(part);
    logger.error({ err: error, part }, 'a part did not close in order');
  }, CLOSE_DEADLINE_MS + 5_000);
  try {
    const { drain, ...server } = await build(config, logger, closing);
    const close = async (): Promise<void> => {
      drain();
      // Whoever sends requests here has so long to see that no more are wanted; until then they are served.
      await delay(config.shutdown.delaySeconds * 1_000);
      await closing.close();
      if (unclosed.length > 0) throw new Error(`these parts did not close in order: ${unclosed.join(', ')}`);
    };
    return { ...server, close };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function build(config: Config, logger: Logger, closing: ClosingStack): Promise<BuiltServer> {
  const folder = await openDataFolder(config.dataDir);
  closing.push('data folder', () => folder.close());
  const served = await openMetrics(config, closing);
  const traces = await openTracing(config, folder.workerId, logger, closing);
  const observed = observedBy(served?.metrics, traces);
  await makePrivateFolder(config.channelDir);
  const runFolder = await openRunFolder(config.runDir, { isDataFolder: config.runDir === config.dataDir });
  const journals = await JournalFolders.open({ directory: runFolder.journals, socketDirectory: config.channelDir });
  closing.push('usage journals', () => journals.close());

  const opening = [
    openDatabase(config, logger, closing),
    openApiKeys(config),
    Promise.resolve(config.masterSecret ?? folder.masterSecret()),
  ] as const;
  // When one fails, the others are through before what they have opened is closed.
  await Promise.allSettled(opening);
  const [{ dataSource, workerSource, url: databaseUrl }, apiKeys, masterSecret] = await Promise.all(opening);

  const watch = apiKeys.registry.watch({ logger });
  closing.push('watch on the API keys', () => watch.close());

  const bus = config.redisUrl ? new RedisEventBus({ url: config.redisUrl, logger }) : new MemoryEventBus();
  closing.push('event bus', () => bus.close());
  const limiter = config.redisUrl ? new RedisRateLimiter({ url: config.redisUrl, logger }) : new MemoryRateLimiter();
  closing.push('rate limiter', () => limiter.close());
  const callLimiter = config.redisUrl
    ? new RedisCallLimiter({ url: config.redisUrl, logger })
    : new MemoryCallLimiter();
  closing.push('call limiter', () => callLimiter.close());
  const runtime = createRuntime(config, runFolder.group, logger);
  closing.push('runtime', () => runtime.close());

  // Known once this server listens; nothing is dialled before.
  let listeners: readonly Endpoint[] = [];
  const masterSecrets = { primary: masterSecret, secondary: config.secondaryMasterSecret };
  const servers = createServers({ workerSource, masterSecrets, runGroup: runFolder.group, logger });
  closing.push('connections to other servers', () => servers.peers.close());
  const policies = createConnectPolicies(config, databaseUrl, () => [...listeners, ...servers.endpoints()]);
  const upstream = observed.upstream(createModelUpstream(config, policies.model));
  closing.push('model upstream', () => upstream.close());

  const domain = createDomain({
    config,
    logger,
    dataSource,
    workerSource,
    bus,
    callLimiter,
    upstream,
    runtime,
    policies,
    allowsSecretReading: (tenantId) => apiKeys.registry.settingsOf(tenantId).allowSecretReading ?? false,
    runPolicy: createRunPolicy(config, apiKeys.registry),
    masterSecrets,
    workerId: folder.workerId,
    observed,
    runFolder,
    servers,
    journals,
  });
  closing.push('usage meter', () => domain.meter.close());
  closing.push('known limits', () => domain.knownLimits.close());
  closing.push('destruction of credentials', () => domain.destruction.close());
  if (domain.retention) closing.push('retention', () => domain.retention!.close());
  if (domain.supervisor) closing.push('run supervisor', () => domain.supervisor!.close());

  const { logs, artifacts } = domain;
  const common = {
    logger,
    readiness: () => readiness(dataSource, limiter),
    peers: peerRoutes({ tokens: servers.tokens, logs, artifacts }),
    ...(observed.request && { observe: observed.request }),
  };
  const answering = async () =>
    createTriagedServer({
      ...common,
      schema: buildTriagedSchema({ resolvers: resolverMap(domain.resolvers) }),
      bounds: answerBounds(config.platform),
      authenticate: (key) => apiKeys.registry.authenticate(key),
      allowedOrigins: config.allowedOrigins,
      isProduction: config.nodeEnv === 'production',
      rateLimit: observed.quota(
        tenantQuota(limiter, config.rateLimit, (tenantId) => apiKeys.registry.settingsOf(tenantId).quota),
      ),
      persisted: await PersistedDocuments.read(path.join(installation, 'sdk/src/generated/persisted-documents.json')),
      dashboardDirectory: path.join(installation, 'dist/dashboard'),
      playgroundDirectory: path.join(installation, 'dist/playground'),
      findArtifact: (actor, runId, name) => domain.downloads.file(actor, runId, name),
    });
  const server = config.role === 'worker' ? createWorkerServer(common) : await answering();
  closing.push('server', () => server.close(CLOSE_DEADLINE_MS));
  if (served) {
    observeDatabase(served, { dataSource, workerSource });
    observeSockets(served, server);
  }

  await domain.files.materialiseAll();
  // Before runs are taken up again, whose figures it completes.
  await domain.meter.start();
  await domain.supervisor?.start();
  domain.destruction.start();
  domain.retention?.start();
  const { port } = await server.listen(config.host, config.port);
  listeners = [{ host: config.host, port }, ...(served ? [served.server] : [])];
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  const announcement = path.join(config.dataDir, 'server.json');
  await writeFileAtomically(
    announcement,
    `${JSON.stringify({ pid: process.pid, port, url, metricsPort: served?.server.port })}\n`,
  );
  closing.push('announcement', () => rm(announcement, { force: true }));
  const own = { id: folder.workerId, role: config.role, runGroup: runFolder.group, url: peerUrlOf(config, port) };
  await servers.directory.announce(own);
  closing.push('place among the servers', () => servers.directory.close());
  logger.info({ url, role: config.role, runtime: runtime.kind, modelUpstream: upstream.kind }, 'ready');
  const drain = (): void => {
    server.drain();
    domain.supervisor?.drain();
  };
  return { url, demoKey: apiKeys.demoKey, drain };
}

async function readiness(
  dataSource: { query(sql: string): Promise<unknown> },
  limiter: MemoryRateLimiter | RedisRateLimiter,
): Promise<Readiness> {
  const checks: Record<string, () => Promise<unknown>> = {
    'the database does not answer': () => dataSource.query('SELECT 1'),
    'Redis does not answer': () => ('ping' in limiter ? limiter.ping() : Promise.resolve()),
  };
  const reasons = await Promise.all(
    Object.entries(checks).map(([reason, check]) =>
      check().then(
        () => undefined,
        () => reason,
      ),
    ),
  );
  const failed = reasons.filter((reason) => reason !== undefined);
  return { ok: failed.length === 0, reasons: failed };
}
