import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startSmallServer } from '../../tests/testkit/small-server.js';
import { MemoryRateLimiter } from '../adapters/rate-limiter/index.js';
import { tenantQuota } from '../graphql/index.js';
import { TriagedError } from '../kernel/errors.js';

const start = (limit: number) =>
  startSmallServer({ rateLimit: tenantQuota(new MemoryRateLimiter(), { limit, windowSeconds: 60 }) });

const post = async (url: string, query: string, key = 'admin') => {
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe("a tenant's quota", () => {
  it('is exact to the request, over all keys of the tenant, and says when to come back', async () => {
    const small = await start(5);
    try {
      for (let left = 4; left >= 0; left--) {
        const answer = await post(small.url, '{ whoami }', left % 2 ? 'admin' : 'viewer');
        expect([
          answer.status,
          answer.headers.get('ratelimit-limit'),
          answer.headers.get('ratelimit-remaining'),
        ]).toEqual([200, '5', String(left)]);
      }
      const refused = await post(small.url, '{ whoami }');
      expect([refused.status, refused.headers.get('ratelimit-remaining')]).toEqual([429, '0']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
      const { errors } = JSON.parse(refused.text) as {
        errors: { extensions: { error_code: string; details: object } }[];
      };
      expect(errors[0]?.extensions.error_code).toBe('RATE_LIMITED');
      expect(Object.keys(errors[0]?.extensions.details ?? {})).toEqual(
        expect.arrayContaining(['limit', 'remaining', 'resetAt']),
      );
    } finally {
      await small.close();
    }
  });

  it('counts each execution of a request, aliases included, before any is started', async () => {
    const small = await start(10);
    try {
      const many = (count: number) =>
        `mutation { ${Array.from({ length: count }, (_, i) => `a${i}: runAgent`).join(' ')} }`;
      expect((await post(small.url, many(11))).status).toBe(429);
      expect((await post(small.url, many(10))).text).toContain('"a9":10');
      expect((await post(small.url, '{ whoami }')).status).toBe(429);
    } finally {
      await small.close();
    }
  });

  it('leaves cancelTriage free when it is used up', async () => {
    const small = await start(1);
    try {
      await post(small.url, '{ whoami }');
      expect((await post(small.url, 'mutation { cancelTriage }')).status).toBe(200);
      expect((await post(small.url, 'mutation { cancelTriage runAgent }')).status).toBe(429);
    } finally {
      await small.close();
    }
  });

  it('refuses from memory what it knows to be used up, before the document is validated', async () => {
    const quota = tenantQuota(new MemoryRateLimiter(), { limit: 2, windowSeconds: 60 });
    let asked = 0;
    const take: typeof quota.take = (actor, points) => {
      asked += 1;
      return quota.take(actor, points);
    };
    const small = await startSmallServer({ rateLimit: { ...quota, take } });
    try {
      for (let left = 2; left > 0; left -= 1) await post(small.url, '{ whoami }');
      for (const query of ['{ whoami }', '{ nothing }', 'mutation { cancelTriage runAgent }', '{ a: whoami }']) {
        const answer = await post(small.url, query);
        expect([answer.status, answer.headers.get('ratelimit-remaining')]).toEqual([429, '0']);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
        expect(answer.text).toContain('RATE_LIMITED');
      }
      expect(asked).toBe(2);
      expect((await post(small.url, 'mutation { cancelTriage }')).status).toBe(200);
      expect(asked).toBe(3);
    } finally {
      await small.close();
    }
  });

  it('holds for downloads too, which cost a point each and say what is left', async () => {
    const small = await startSmallServer({
      rateLimit: tenantQuota(new MemoryRateLimiter(), { limit: 2, windowSeconds: 60 }),
      findArtifact: async () => ({ path: import.meta.filename }),
    });
    const download = () =>
      fetch(`${small.url}/runs/x/artifacts/output/report.md`, { headers: { 'x-api-key': 'viewer' } });
    try {
      const first = await download();
      expect([first.status, first.headers.get('ratelimit-remaining')]).toEqual([200, '1']);
      expect((await post(small.url, '{ whoami }')).headers.get('ratelimit-remaining')).toBe('0');
      const refused = await download();
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
      expect(refused.headers.get('content-disposition')).toBeNull();
      expect(await refused.json()).toMatchObject({ error_code: 'RATE_LIMITED', details: { limit: 2, remaining: 0 } });
    } finally {
      await small.close();
    }
  });

  it('fails closed when its store is down', async () => {
    const down = () =>
      Promise.reject(
        new TriagedError('SERVICE_UNAVAILABLE', 'The rate limit cannot be checked.', { retryAfterSeconds: 1 }),
      );
    const small = await startSmallServer({
      rateLimit: { take: down, exhausted: () => undefined },
      findArtifact: async () => ({ path: import.meta.filename }),
    });
    try {
      const answer = await post(small.url, 'mutation { runAgent }');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(answer.text).not.toContain('"runAgent"');
      const headers = { 'x-api-key': 'viewer' };
      const download = await fetch(`${small.url}/runs/x/artifacts/output/report.md`, { headers });
      expect([download.status, download.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await download.json()).toMatchObject({ error_code: 'SERVICE_UNAVAILABLE' });
    } finally {
      await small.close();
    }
  });

  it('is shared with sockets, where a refusal is an Error message and no close', async () => {
    const small = await start(1);
    await post(small.url, '{ whoami }');
    const socket = new WebSocket(`${small.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-api-key': 'viewer' },
    });
    try {
      await once(socket, 'open');
      const heard: string[] = [];
      socket.on('message', (data: Buffer) => heard.push(data.toString()));
      socket.send('{"type":"connection_init"}');
      await once(socket, 'message');
      for (const id of ['1', '2']) {
        socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query: '{ whoami }' } }));
        await once(socket, 'message');
      }
      expect(heard.slice(1)).toEqual([
        expect.stringContaining('RATE_LIMITED'),
        expect.stringContaining('RATE_LIMITED'),
      ]);
      expect(socket.readyState).toBe(WebSocket.OPEN);
    } finally {
      socket.terminate();
      await small.close();
    }
  });
});
