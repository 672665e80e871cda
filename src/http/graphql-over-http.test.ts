import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { SECRET, startSmallServer } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';

let small: SmallServer;
beforeAll(async () => {
  small = await startSmallServer();
});
afterAll(() => small.close());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      message: string;
      extensions: { code: string; error_code: string; details: Record<string, unknown> };
    }[];
    readonly error_code?: string;
  };
}

async function send(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${small.url}${path}`, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as Answer['body'],
  };
}

const post = (
  body: unknown,
  key: string | undefined = 'admin',
  headers: Record<string, string> = {},
): Promise<Answer> =>
  send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { 'x-api-key': key }), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const query = (text: string, variables = {}, key = 'admin') => post({ query: text, variables }, key);
const codeOf = ({ body }: Answer) => body.errors?.[0]?.extensions.error_code;

describe('GraphQL over HTTP', () => {
  it.each([
    ['no key', ''],
    ['a wrong key', 'wrong'],
  ])('answers 401 to %s, introspection included', async (_name, key) => {
    const answer = await post({ query: '{ __schema { types { name } } }' }, key);
    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe('UNAUTHENTICATED');
    expect(answer.body.data).toBeUndefined();
  });

  it('gives the resolver the actor of the key', async () => {
    expect((await query('{ whoami }', {}, 'viewer')).body.data).toEqual({ whoami: 'acme VIEWER' });
  });

  it('refuses what the role does not include, and names the role', async () => {
    const answer = await query('mutation { runAgent }', {}, 'viewer');
    expect(answer.status).toBe(403);
    expect(answer.body.errors?.[0]).toMatchObject({
      message: expect.stringContaining('OPERATOR'),
      extensions: { code: 'FORBIDDEN', error_code: 'FORBIDDEN', details: { required: 'OPERATOR', role: 'VIEWER' } },
    });
  });

  it('masks an unexpected error, gives its request id and logs it with its stack', async () => {
    const answer = await query('{ fail(how: "secret") }');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain(SECRET);
    const requestId = answer.headers.get('x-request-id');
    expect(answer.body.errors?.[0]?.extensions).toEqual({
      code: 'INTERNAL',
      error_code: 'INTERNAL',
      details: { requestId },
    });
    const line = small
      .log()
      .split('\n')
      .find((each) => each.includes('unexpected error') && each.includes(String(requestId)));
    expect(line).toContain('small-server.ts');
  });

  it('says that the database is away, and when to come back', async () => {
    const answer = await query('{ fail(how: "database") }');
    expect([answer.status, codeOf(answer), answer.headers.get('retry-after')]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
      '5',
    ]);
    expect(answer.text).not.toContain('5432');
  });

  it("takes the first error's status when every root field failed", async () => {
    expect((await query('{ a: fail(how: "NOT_FOUND") b: fail(how: "secret") }')).status).toBe(404);
  });

  it('answers 200 when a part succeeded', async () => {
    const answer = await query('{ whoami fail(how: "NOT_FOUND") }');
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ whoami: 'acme ADMIN', fail: null });
    expect(codeOf(answer)).toBe('NOT_FOUND');
  });

  it.each([
    ['a syntax error', '{ whoami', 'BAD_REQUEST'],
    ['an unknown field', '{ whoam }', 'BAD_REQUEST'],
    [
      'an operation nested too deep',
      `{ thing ${'{ inner '.repeat(13)}{ name }${' }'.repeat(13)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    [
      'a deep nest behind fragments',
      `{ thing { ...a } } fragment a on Thing { ${'inner { '.repeat(12)} name ${'} '.repeat(12)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    ['too many tokens', `{ ${'whoami '.repeat(4001)} }`, 'QUERY_TOO_COMPLEX'],
    ['nothing', '', 'BAD_REQUEST'],
  ])('refuses %s', async (_name, text, code) => {
    const answer = await query(text);
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });

  it('names the path of a variable that does not fit, without its value', async () => {
    const answer = await query('mutation ($input: SayInput!) { say(input: $input) }', {
      input: { text: 'x', times: SECRET },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({
      error_code: 'BAD_USER_INPUT',
      details: { path: 'input.times' },
    });
    expect(answer.text).not.toContain(SECRET);
  });

  it('names a variable that is missing', async () => {
    const answer = await query('mutation ($input: SayInput!) { say(input: $input) }');
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({
      error_code: 'BAD_USER_INPUT',
      details: { path: 'input' },
    });
  });

  it('suggests names of the schema in development only', async () => {
    const production = await startSmallServer({ isProduction: true });
    try {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'admin' },
        body: '{"query":"{ whoam }"}',
      };
      expect(await (await fetch(`${production.url}/graphql`, init)).text()).not.toContain('whoami');
      expect((await query('{ whoam }')).text).toContain('whoami');
    } finally {
      await production.close();
    }
  });

  it('answers malformed JSON with 400 and does not quote it', async () => {
    const answer = await post(`{"query": ${SECRET}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.text).not.toContain('sk-ant');
  });

  it('answers a body over 512 KiB with 413, and serves one just below', async () => {
    const answer = await query(`{ whoami } #${'x'.repeat(512 * 1024)}`);
    expect([answer.status, codeOf(answer)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect((await query(`{ whoami } #${'x'.repeat(511 * 1024)}`)).status).toBe(200);
  });

  it('refuses batches', async () => {
    const answer = await post([{ query: '{ whoami }' }, { query: '{ whoami }' }]);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
  });

  it('refuses what a foreign page could send without a preflight', async () => {
    const answer = await send('/graphql?query=%7Bwhoami%7D', { headers: { 'x-api-key': 'admin' } });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.text).toContain('CSRF');
  });

  it('answers a mutation by GET with 405', async () => {
    const answer = await send('/graphql?query=mutation%7BrunAgent%7D', {
      headers: { 'x-api-key': 'admin', 'apollo-require-preflight': '1' },
    });
    expect([answer.status, codeOf(answer), answer.headers.get('allow')]).toEqual([405, 'BAD_REQUEST', 'POST']);
  });

  it('echoes a sane request id and replaces another', async () => {
    expect(
      (await post({ query: '{ whoami }' }, 'admin', { 'x-request-id': 'trace-12345' })).headers.get('x-request-id'),
    ).toBe('trace-12345');
    expect(
      (await post({ query: '{ whoami }' }, 'admin', { 'x-request-id': 'a b' })).headers.get('x-request-id'),
    ).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('logs no key, query or variable', async () => {
    await post(
      { query: 'query NotForTheLog($v: String!) { fail(how: $v) }', variables: { v: 'variable-not-for-the-log' } },
      'operator',
    );
    await post({ query: '{ whoami }' }, 'key-not-for-the-log');
    expect(small.log()).toContain('"keyId":"tri_operator"');
    expect(small.log()).not.toMatch(/not-?for-?the-?log/i);
  });
});

describe('beside GraphQL', () => {
  it('serves GraphQL at /graphql, and nowhere below', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'admin' },
      body: '{"query":"{ whoami }"}',
    };
    expect((await send('/graphql?x=1', init)).status).toBe(200);
    for (const path of ['/graphql/anything', '/graphql/graphql', '/graphql/x/y']) {
      const answer = await send(path, init);
      expect([answer.status, answer.body.error_code]).toEqual([404, 'NOT_FOUND']);
    }
  });

  it('answers an unknown path with the same JSON body', async () => {
    const answer = await send('/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ error_code: 'NOT_FOUND', message: expect.any(String), details: {} });
  });

  it('answers a path that cannot be decoded with 404', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${small.url}/playground/%E0%A4%A`, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  it('is alive and ready, and says why when not ready', async () => {
    const unready = await startSmallServer({
      readiness: async () => ({ ok: false, reasons: ['the database does not answer'] }),
    });
    try {
      expect((await send('/livez')).status).toBe(200);
      expect((await send('/readyz')).status).toBe(200);
      const answer = await fetch(`${unready.url}/readyz`);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        error_code: 'SERVICE_UNAVAILABLE',
        details: { reasons: ['the database does not answer'] },
      });
    } finally {
      await unready.close();
    }
  });

  it('sends security headers everywhere', async () => {
    for (const path of ['/livez', '/graphql', '/nowhere', '/playground/']) {
      const { headers } = await send(path);
      expect([path, headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual([
        path,
        'nosniff',
        'DENY',
      ]);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('says how to build a playground that is missing', async () => {
    const without = await startSmallServer({ playgroundDirectory: '/nonexistent' });
    try {
      const answer = await fetch(`${without.url}/playground/`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('npm run build');
    } finally {
      await without.close();
    }
  });

  it('says how to build a dashboard that is missing', async () => {
    const without = await startSmallServer({ dashboardDirectory: '/nonexistent' });
    try {
      for (const path of ['/', '/runs', '/instances/x']) {
        const answer = await fetch(`${without.url}${path}`);
        expect([path, answer.status]).toEqual([path, 404]);
        expect(await answer.text()).toContain('npm run build');
      }
    } finally {
      await without.close();
    }
  });
});
