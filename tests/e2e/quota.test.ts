// needs: redis
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLReply, TestClient } from '../testkit/client.js';
import { createAgent, listExecutions } from '../testkit/platform.js';
import { startRedis } from '../testkit/redis.js';
import type { TestRedis } from '../testkit/redis.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { until } from '../testkit/until.js';

const LIMIT = 100;
const WINDOW_SECONDS = 3;
const TENANTS = ['payments', 'search', 'billing'];

let redis: TestRedis;
let rig: TenantsServer;
let admin: Redis;

beforeAll(async () => {
  redis = await startRedis();
  rig = await startTenantsServer({
    tenants: TENANTS,
    servers: 2,
    environment: {
      REDIS_URL: redis.url,
      RATE_LIMIT_REQUESTS: String(LIMIT),
      RATE_LIMIT_WINDOW_SECONDS: String(WINDOW_SECONDS),
      LOG_LEVEL: 'warn',
    },
  });
}, 120_000);
afterAll(async () => {
  await rig.close();
  await redis.close();
});
beforeEach(async () => {
  admin = new Redis(redis.url);
  await nextWindow();
});
afterEach(() => admin.disconnect());

/** Forgets what was counted, and waits until no server refuses from memory. */
async function nextWindow(): Promise<void> {
  await sleep(WINDOW_SECONDS * 1000 + 50);
  await admin.flushall();
}

const here = (tenant = 'payments') => rig.client(tenant, 'OPERATOR', 0);
const there = (tenant = 'payments') => rig.client(tenant, 'ADMIN', 1);

/** As many requests at once, over both servers and two keys of the tenant. */
function flood(count: number, query = '{ __typename }', tenant = 'payments'): Promise<GraphQLReply<unknown>[]> {
  const ends = [here(tenant), there(tenant)] as const;
  return Promise.all(Array.from({ length: count }, (_, index) => ends[index % 2]!.request(query)));
}

const passed = (replies: readonly GraphQLReply<unknown>[]) => replies.filter(({ status }) => status === 200).length;
const codeOf = ({ errors }: GraphQLReply<unknown>) => errors?.[0]?.extensions.error_code;
const runs = (agentId: string, count: number) =>
  Array.from(
    { length: count },
    (_, index) => `a${index}: runAgent(input: { agentId: "${agentId}", task: "t", model: "gpt-4o" }) { id }`,
  ).join('\n');

async function executionsOf(client: TestClient): Promise<number> {
  return (await listExecutions(client, { limit: 1 })).totalCount;
}

describe('the quota of a tenant over two servers on one Redis', () => {
  it('lets exactly 100 of 500 concurrent requests pass, in each of 20 windows', async () => {
    const counts: number[] = [];
    for (let round = 0; counts.length < 20 && round < 30; round += 1) {
      const began = Date.now();
      const replies = await flood(500);
      const refused = replies.filter(({ status }) => status !== 200);
      expect(refused.map(codeOf)).toEqual(refused.map(() => 'RATE_LIMITED'));
      // While a busy machine took longer than the window, the next one rightly opened: that round says nothing.
      if (Date.now() - began < WINDOW_SECONDS * 1000) counts.push(passed(replies));
      await sleep(Math.max(0, ...replies.map(msUntilReset)) + 5);
    }
    expect(counts).toEqual(Array.from({ length: 20 }, () => LIMIT));
  }, 150_000);

  it('is exact at the edges of windows, when requests never stop', async () => {
    const times: number[] = [];
    const until = Date.now() + 3.5 * WINDOW_SECONDS * 1000;
    const ask = async (client: TestClient): Promise<void> => {
      for (let isOpen = true; isOpen || Date.now() < until;) {
        isOpen = (await client.request('{ __typename }')).status === 200;
        if (isOpen) times.push(Date.now());
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, index) => ask(index % 2 ? here() : there())));
    expect(times.length % LIMIT).toBe(0);
    const starts = Array.from({ length: times.length / LIMIT }, (_, index) => times[index * LIMIT]!);
    expect(starts.length).toBeGreaterThanOrEqual(3);
    // Answers are timed at the client, so that a window may look late by what its first answer took.
    const lengths = starts.slice(1).map((start, index) => start - starts[index]!);
    expect(Math.min(...lengths)).toBeGreaterThan(WINDOW_SECONDS * 1000 - 300);
  }, 40_000);

  it('passes the hundredth plain call and refuses the next, saying limit, remaining and when to come back', async () => {
    const ends = [here(), there()] as const;
    for (let index = 1; index <= LIMIT; index += 1) {
      const { status, headers } = await ends[index % 2]!.request('{ __typename }');
      expect([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual([
        200,
        String(LIMIT),
        String(LIMIT - index),
      ]);
    }
    const refused = await here().request('{ __typename }');
    expect([refused.status, codeOf(refused), refused.headers.get('ratelimit-remaining')]).toEqual([
      429,
      'RATE_LIMITED',
      '0',
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const details = refused.errors?.[0]?.extensions.details as { limit: number; remaining: number; resetAt: string };
    expect(details).toMatchObject({ limit: LIMIT, remaining: 0 });
    await sleep(new Date(details.resetAt).getTime() - Date.now() + 20);
    expect((await there().request('{ __typename }')).status).toBe(200);
  });

  it('keeps the quotas of tenants apart', async () => {
    const [one, other] = await Promise.all([flood(150), flood(80, '{ __typename }', 'search')]);
    expect([passed(one), passed(other)]).toEqual([LIMIT, 80]);
  });

  it('never executes more than the quota, however executions are packed into requests', async () => {
    const agent = await createAgent(there('billing'), `agent-${Date.now()}`);
    const before = await executionsOf(there('billing'));
    await nextWindow();
    const replies = await flood(60, `mutation { ${runs(agent.id, 30)} }`, 'billing');
    // 30 points each: three fit, and what is left is not lost to plain calls.
    expect(passed(replies)).toBe(3);
    expect(passed(await flood(30, `mutation { ${runs(agent.id, 1)} }`, 'billing'))).toBe(10);
    await nextWindow();
    expect((await executionsOf(there('billing'))) - before).toBe(LIMIT);
  });

  it('stops 1,000 aliased executions in one request: at the limit on aliases, whether spelled out, in fragments or in operations', async () => {
    const agent = await createAgent(there('billing'), `agent-${Date.now()}`);
    const before = await executionsOf(there('billing'));
    await nextWindow();
    const short = (count: number) =>
      Array.from({ length: count }, (_, index) => `a${index}: runAgent(input: $i) { id }`);
    const [half, operation] = ['fragment f on Mutation', 'mutation ($i: RunAgentInput!)'];
    const variables = { i: { agentId: agent.id, task: 't', model: 'gpt-4o' } };
    for (const [query, limit] of [
      [`${operation} { ${short(1000).join(' ')} }`, 'tokens'],
      [`${operation} { ${short(300).join(' ')} }`, 'aliases'],
      [`${operation} { ...f } ${half} { ${short(300).join(' ')} }`, 'aliases'],
      [
        `mutation A($i: RunAgentInput!) { ${short(16).join(' ')} } mutation B($i: RunAgentInput!) { ${short(16).join(' ')} }`,
        'aliases',
      ],
    ] as const) {
      const reply = await there('billing').request(query, variables);
      expect([reply.status, codeOf(reply)]).toEqual([400, 'QUERY_TOO_COMPLEX']);
      expect(reply.errors?.[0]?.extensions.details).toMatchObject({ limit });
      expect(reply.headers.get('ratelimit-limit')).toBe(String(LIMIT));
    }
    await nextWindow();
    expect(await executionsOf(there('billing'))).toBe(before);
  });

  it('lets what fails cost a point too, and cancelTriage none', async () => {
    const client = here('search');
    const remaining = async (query: string): Promise<string | null> =>
      (await client.request(query)).headers.get('ratelimit-remaining');
    expect(await remaining('{ __typename }')).toBe('99');
    expect(await remaining('{ not valid')).toBe('98');
    expect(await remaining('{ nothing }')).toBe('97');
    expect(await remaining(`{ ${'a: __typename '.repeat(31)} }`)).toBe('96');
    expect(await remaining('{ tool(id: "x") { id } }')).toBe('95');
    expect(await remaining('mutation { cancelTriage(id: "x") { id } }')).toBe('95');
    const malformed = await fetch(`${client.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': client.apiKey ?? '' },
      body: '{"query":',
    });
    expect([malformed.status, malformed.headers.get('ratelimit-remaining')]).toEqual([400, '94']);
    await flood(94, '{ __typename }', 'search');
    expect((await client.request('{ __typename }')).status).toBe(429);
    expect(codeOf(await client.request('mutation { cancelTriage(id: "x") { id } }'))).toBe('BAD_USER_INPUT');
  });

  it('counts operations on sockets in the same quota', async () => {
    await flood(LIMIT);
    const stream = here().subscribe('{ __typename }');
    const refusal = await stream.next().catch((error: unknown) => error);
    expect(JSON.stringify(refusal)).toContain('RATE_LIMITED');
    await sleep(WINDOW_SECONDS * 1000 + 50);
    expect(await here().subscribe('{ __typename }').next()).toMatchObject({ value: { __typename: 'Query' } });
  });
});

describe('without Redis', () => {
  const CANCEL = 'mutation { cancelTriage(id: "x") { id } }';

  it('refuses everything with 503 within a second, and serves again within five of its return', async () => {
    await redis.kill();
    for (const query of ['{ __typename }', 'mutation { runAgent(input: $i) { id } }', CANCEL, '{ broken']) {
      const began = Date.now();
      const replies = await Promise.all([here().request(query), there().request(query)]);
      expect(Date.now() - began).toBeLessThan(1000);
      expect(replies.map(({ status }) => status)).toEqual([503, 503]);
      expect(replies.map(codeOf)).toEqual(['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE']);
      expect(replies[0].headers.get('retry-after')).not.toBeNull();
    }
    expect(passed(await flood(100))).toBe(0);
    await redis.restart();
    const back = Date.now();
    await until(async () => passed(await flood(2)) === 2, 5000);
    expect(Date.now() - back).toBeLessThan(5000);
  }, 30_000);

  it('refuses with 503 while Redis hangs', async () => {
    await flood(2);
    redis.freeze();
    try {
      const began = Date.now();
      expect((await flood(10)).every(({ status }) => status === 503)).toBe(true);
      expect(Date.now() - began).toBeLessThan(1000);
    } finally {
      redis.thaw();
    }
    await until(async () => passed(await flood(2)) === 2, 5000);
  }, 30_000);

  it('fails closed while Redis is out of memory', async () => {
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1mb');
    try {
      const replies = await flood(20);
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 503));
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    expect(passed(await flood(2))).toBe(2);
  });

  it('counts on when Redis has forgotten its scripts', async () => {
    expect(passed(await flood(40))).toBe(40);
    await admin.script('FLUSH');
    expect(passed(await flood(100))).toBe(60);
  });
});

/** 0 for what passed. */
function msUntilReset({ errors }: GraphQLReply<unknown>): number {
  const details = errors?.[0]?.extensions.details as { resetAt?: string } | undefined;
  return details?.resetAt ? new Date(details.resetAt).getTime() - Date.now() : 0;
}
