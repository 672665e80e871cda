import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Metrics, MetricsServer } from '../adapters/metrics/index.js';
import type { Config } from '../config/index.js';
import type { TriagedServer } from '../http/index.js';
import type { ClosingStack } from '../kernel/closing.js';
import type { Database } from './database.js';

export interface ServedMetrics {
  readonly metrics: Metrics;
  readonly server: MetricsServer;
}

/** Undefined when nobody has asked for them: then nothing is counted. */
export async function openMetrics(config: Config, closing: ClosingStack): Promise<ServedMetrics | undefined> {
  if (config.metrics === undefined) return undefined;
  // Loaded by who uses it.
  const { Metrics, serveMetrics } = await import('../adapters/metrics/index.js');
  const metrics = new Metrics();
  const server = await serveMetrics(metrics, config.metrics.host, config.metrics.port);
  closing.push('metrics', () => server.close());
  return { metrics, server };
}

const OPEN_STATES = ['QUEUED', 'PREPARING', 'RUNNING'] as const;

/** The database is asked at each scrape; without its answer there are no figures of runs rather than old ones. */
export function observeDatabase({ metrics }: ServedMetrics, { dataSource, workerSource }: Database): void {
  // First, so that it does not see the query of the scrape itself.
  metrics.atScrape(() => {
    for (const [pool, source] of Object.entries({ app: dataSource, worker: workerSource })) {
      const { totalCount, idleCount, waitingCount } = poolOf(source);
      metrics.databaseConnections.set({ pool, state: 'idle' }, idleCount);
      metrics.databaseConnections.set({ pool, state: 'busy' }, totalCount - idleCount);
      metrics.databaseWaiting.set({ pool }, waitingCount);
    }
  });
  metrics.atScrape(async () => {
    metrics.runs.reset();
    metrics.queueOldest.reset();
    const rows = await workerSource.query<{ state: string; runs: number; oldest: number }[]>(
      `SELECT state, count(*)::float8 AS runs, extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS oldest
        FROM triage_runs WHERE state IN ('QUEUED', 'PREPARING', 'RUNNING') GROUP BY state`,
    );
    for (const state of OPEN_STATES) {
      metrics.runs.set({ state }, rows.find((row) => row.state === state)?.runs ?? 0);
    }
    metrics.queueOldest.set(Math.max(0, rows.find(({ state }) => state === 'QUEUED')?.oldest ?? 0));
  });
}

const poolOf = (source: DataSource): Pool => (source.driver as unknown as { readonly master: Pool }).master;

export function observeSockets({ metrics }: ServedMetrics, server: TriagedServer): void {
  metrics.atScrape(() => {
    const { sockets, subscriptions } = server.open();
    metrics.sockets.set(sockets);
    metrics.subscriptions.set(subscriptions);
  });
}
