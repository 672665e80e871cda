import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SECRET, startSmallServer } from '../../tests/testkit/small-server.js';
import { MemoryRateLimiter } from '../adapters/rate-limiter/index.js';
import { tenantQuota } from '../graphql/index.js';
import { TriagedError } from '../kernel/errors.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';

let small: SmallServer;
beforeAll(async () => {
  small = await startSmallServer();
});
afterAll(() => small.close());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

async function ask(query: string, variables: object, key = 'viewer', url = small.url): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-request-id': 'the-same-id' },
    body: JSON.stringify({ query, variables }),
  });
  const { date: _date, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, text: await response.text() };
}

const TOO_LARGE = `query ($limit: Int) { things(limit: $limit) { ${Array.from({ length: 21 }, (_, i) => `n${i}: name`).join(' ')} } }`;

/** More than make a query hot. */
const OFTEN = 60;

describe('a query that is asked for often', () => {
  it.each([
    ['data', '{ thing { name inner { name } } }', {}, 200],
    ['a refusal', 'query ($how: String!) { fail(how: $how) whoami }', { how: 'NOT_FOUND' }, 200],
    ['a failure of everything', '{ fail(how: "NOT_FOUND") }', {}, 404],
    ['a masked error', '{ a: fail(how: "secret") }', {}, 500],
    ['an absent database', '{ b: fail(how: "database") }', {}, 503],
    ['a variable that is not valid', 'query ($how: String!) { fail(how: $how) }', { how: 1 }, 400],
    ['a field that wants a larger role', '{ secretOfAdmins }', {}, 403],
    ['a part that wants a larger role', '{ whoami maybe: adminsOrNobody }', {}, 200],
    ['too large an answer', TOO_LARGE, { limit: 1_000 }, 400],
  ])('is answered to the byte as it was at first: %s', async (_name, query, variables, status) => {
    const first = await ask(query, variables);
    expect(first.status).toBe(status);
    for (let use = 0; use < OFTEN; use += 1) expect(await ask(query, variables)).toEqual(first);
    expect(first.text).not.toContain(SECRET);
  });

  describe('of a tenant with a quota', () => {
    /** Answers but for what counts down with each, and with the clock. */
    const still = ({ headers, ...answer }: Answer) => {
      const { 'ratelimit-remaining': _left, 'ratelimit-reset': _at, ...others } = headers;
      return { ...answer, headers: others };
    };

    it('says what is left, and is refused exactly when nothing is, as it was at first', async () => {
      const limiter = new MemoryRateLimiter();
      const limited = await startSmallServer({ rateLimit: tenantQuota(limiter, { limit: 200, windowSeconds: 600 }) });
      try {
        const query = '{ thing { name inner { name } } }';
        const first = await ask(query, {}, 'viewer', limited.url);
        for (let left = 198; left >= 0; left -= 1) {
          const answer = await ask(query, {}, 'viewer', limited.url);
          expect(still(answer)).toEqual(still(first));
          expect([answer.headers['ratelimit-limit'], answer.headers['ratelimit-remaining']]).toEqual([
            '200',
            `${left}`,
          ]);
        }
        const hot = await ask(query, {}, 'viewer', limited.url);
        const cold = await ask('{ seldom: whoami }', {}, 'viewer', limited.url);
        for (const refused of [hot, cold]) {
          expect([refused.status, refused.headers['ratelimit-remaining']]).toEqual([429, '0']);
          expect(Number(refused.headers['retry-after'])).toBeGreaterThan(500);
        }
        const withoutClock = ({ status, headers, text }: Answer) => [
          status,
          Object.keys(headers).sort(),
          text.replace(/\d+ s\.|"retryAfterSeconds":\d+/g, ''),
        ];
        expect(withoutClock(hot)).toEqual(withoutClock(cold));
      } finally {
        await limited.close();
      }
    });

    it('is refused when the quota cannot be asked, as it was at first', async () => {
      let down = false;
      const quota = tenantQuota(new MemoryRateLimiter(), { limit: 1_000, windowSeconds: 600 });
      const away = new TriagedError('SERVICE_UNAVAILABLE', 'The rate limit cannot be checked.', {
        retryAfterSeconds: 2,
      });
      const take: typeof quota.take = (actor, points) => (down ? Promise.reject(away) : quota.take(actor, points));
      const limited = await startSmallServer({ rateLimit: { ...quota, take } });
      try {
        for (let use = 0; use < OFTEN; use += 1) await ask('{ whoami }', {}, 'viewer', limited.url);
        down = true;
        const [hot, cold] = [
          await ask('{ whoami }', {}, 'viewer', limited.url),
          await ask('{ seldom: whoami }', {}, 'viewer', limited.url),
        ];
        expect([hot.status, hot.headers['retry-after']]).toEqual([503, '2']);
        expect(hot).toEqual(cold);
      } finally {
        await limited.close();
      }
    });
  });

  it('is answered to whoever asks, not to who asked first', async () => {
    for (let use = 0; use < OFTEN; use += 1) await ask('{ whoami }', {}, 'admin');
    expect((await ask('{ whoami }', {}, 'viewer')).text).toContain('acme VIEWER');
    expect((await ask('{ whoami }', {}, 'nobody')).status).toBe(401);
  });
});
