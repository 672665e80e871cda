import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SECRET, startSmallServer } from '../../tests/testkit/small-server.js';
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

async function ask(query: string, variables: object, key = 'viewer'): Promise<Answer> {
  const response = await fetch(`${small.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-request-id': 'the-same-id' },
    body: JSON.stringify({ query, variables }),
  });
  const { date: _date, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, text: await response.text() };
}

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
  ])('is answered to the byte as it was at first: %s', async (_name, query, variables, status) => {
    const first = await ask(query, variables);
    expect(first.status).toBe(status);
    for (let use = 0; use < OFTEN; use += 1) expect(await ask(query, variables)).toEqual(first);
    expect(first.text).not.toContain(SECRET);
  });

  it('is answered to whoever asks, not to who asked first', async () => {
    for (let use = 0; use < OFTEN; use += 1) await ask('{ whoami }', {}, 'admin');
    expect((await ask('{ whoami }', {}, 'viewer')).text).toContain('acme VIEWER');
    expect((await ask('{ whoami }', {}, 'nobody')).status).toBe(401);
  });
});
