import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Metrics, serveMetrics } from './index.js';

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

const own = (new Metrics().registry.getMetricsAsArray() as unknown as Described[]).filter(({ name }) =>
  name.startsWith('triaged_'),
);
const document = readFileSync(path.resolve(import.meta.dirname, '../../../docs/operation.md'), 'utf8');

describe('the metrics', () => {
  it('are those that docs/operation.md has, with their types and labels', () => {
    const rows = [...document.matchAll(/^\| `(triaged_\w+)` \| (\w+) \| ([^|]*)\|/gm)].map(
      ([, name = '', type = '', labels = '']) => ({
        name,
        type,
        labels: [...labels.matchAll(/`(\w+)`/g)].map(([, each]) => each),
      }),
    );
    expect(rows).toEqual(own.map(({ name, type, labelNames }) => ({ name, type, labels: [...labelNames] })));
    expect(rows.length).toBeGreaterThan(10);
  });

  it('are named as Prometheus wants it: counters _total, durations in seconds', () => {
    for (const { name, type } of own) {
      expect(name.endsWith('_total')).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  it('have labels of our own words alone, never of a tenant, an instance, a run or a model', () => {
    const words = new Set(['state', 'ai_agent', 'provider', 'status', 'route', 'kind', 'limit', 'reason', 'pool']);
    expect(own.flatMap(({ labelNames }) => labelNames).filter((label) => !words.has(label))).toEqual([]);
  });

  it('are served at /metrics alone, also when one look at the state of things fails', async () => {
    const metrics = new Metrics();
    metrics.atScrape(() => Promise.reject(new Error('the database is away')));
    metrics.atScrape(() => metrics.sockets.set(7));
    metrics.runs.set({ state: 'QUEUED' }, 3);
    const server = await serveMetrics(metrics, '127.0.0.1', 0);
    const url = `http://127.0.0.1:${server.port}`;
    try {
      const answer = await fetch(`${url}/metrics`);
      const text = await answer.text();
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(text).toContain('\ntriaged_sockets 7\n');
      expect(text).toContain('\ntriaged_runs{state="QUEUED"} 3\n');
      expect(text).toMatch(/\nnodejs_eventloop_lag_seconds \d/);
      expect((await fetch(`${url}/`)).status).toBe(404);
      expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    } finally {
      await server.close();
    }
  });
});
