import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { WebSocket } from 'ws';
import { DocumentPreparer } from '../../src/graphql/document-preparer.js';
import { printedSchema } from '../../src/print-schema.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';

/** Nothing here may keep the server busy for longer, on a machine that does other things beside. */
const BOUND_MS = 1_500;

let server: TenantsServer;
beforeAll(async () => {
  server = await startTenantsServer({ tenants: ['acme'], environment: { RATE_LIMIT_REQUESTS: '1000000' } });
}, 60_000);
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly code: unknown;
  readonly details: { readonly limit?: string; readonly maximum?: number; readonly actual?: number };
}

async function send(init: RequestInit, target = '/graphql'): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(`${server.url}${target}`, { method: 'POST', redirect: 'manual', ...init });
  const text = await response.text();
  expect(performance.now() - began).toBeLessThan(BOUND_MS);
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body = (isJson ? JSON.parse(text) : {}) as {
    errors?: { extensions: { error_code: string; details: Answer['details'] } }[];
    error_code?: string;
  };
  const extensions = body.errors?.[0]?.extensions;
  return {
    status: response.status,
    text,
    code: extensions?.error_code ?? body.error_code,
    details: extensions?.details ?? {},
  };
}

const headers = (more: Record<string, string> = {}) => ({
  'content-type': 'application/json',
  'x-api-key': server.key('acme', 'ADMIN'),
  ...more,
});
const post = (body: unknown, more: Record<string, string> = {}) =>
  send({ headers: headers(more), body: typeof body === 'string' ? body : JSON.stringify(body) });

/** One operation on a socket of its own: the first answer, or the code with which it was closed. */
async function overSocket(payload: object): Promise<{ errors?: Answer[]; closed?: number; data?: unknown }> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: { 'x-api-key': server.key('acme', 'ADMIN') },
  });
  const began = performance.now();
  try {
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
    const closed = once(socket, 'close').then(([code]: number[]) => ({ closed: code! }));
    const answered = once(socket, 'message').then(([data]: Buffer[]) => {
      const message = JSON.parse(data!.toString()) as {
        type: string;
        payload: { extensions: { error_code: string; details: Answer['details'] } }[] & {
          data?: unknown;
          errors?: { extensions: { error_code: string; details: Answer['details'] } }[];
        };
      };
      const errors = message.type === 'error' ? message.payload : (message.payload.errors ?? []);
      return {
        data: message.type === 'next' ? message.payload.data : undefined,
        errors: errors.map(({ extensions }) => ({
          status: 0,
          text: '',
          code: extensions.error_code,
          details: extensions.details,
        })),
      };
    });
    return await Promise.race([answered, closed]);
  } finally {
    socket.terminate();
    expect(performance.now() - began).toBeLessThan(BOUND_MS);
  }
}

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
const everything = 'agents(limit: 100) { items { id name role description tools { id name description } } }';

/** Documents, what refuses them, and which limit it names. All are small enough for a socket's message. */
const DOCUMENTS: readonly (readonly [name: string, query: string, code: string, limit: string | undefined])[] = [
  [
    'deep nesting',
    `${'{ agents { items { tools '.repeat(6)} { id } ${'} } }'.repeat(6)}`,
    'QUERY_TOO_COMPLEX',
    'depth',
  ],
  [
    'deep nesting through fragments',
    `{ ...f0 } ${times(15, (i) => `fragment f${i} on Query { agents { ...f${i + 1} } }`)} fragment f15 on Query { agents { nextCursor } }`,
    'QUERY_TOO_COMPLEX',
    'depth',
  ],
  [
    'nesting that would exhaust the stack',
    `{ tool(id: ${'['.repeat(1990)}${']'.repeat(1990)}) { id } }`,
    'QUERY_TOO_COMPLEX',
    'valueDepth',
  ],
  [
    'nested lists in a value',
    `{ tool(id: ${'['.repeat(20)}${']'.repeat(20)}) { id } }`,
    'QUERY_TOO_COMPLEX',
    'valueDepth',
  ],
  [
    'nested objects in a default',
    `query ($a: String = ${'{a:'.repeat(20)}1${'}'.repeat(20)}) { __typename }`,
    'QUERY_TOO_COMPLEX',
    'valueDepth',
  ],
  ['1,000 aliases', `{ ${times(1000, (i) => `a${i}: __typename`)} }`, 'QUERY_TOO_COMPLEX', 'aliases'],
  ['31 aliases of __typename', `{ ${times(31, (i) => `a${i}: __typename`)} }`, 'QUERY_TOO_COMPLEX', 'aliases'],
  [
    'aliases parted over fragments',
    `{ ...a ...b } fragment a on Query { ${times(16, (i) => `a${i}: __typename`)} } fragment b on Query { ${times(16, (i) => `b${i}: __typename`)} }`,
    'QUERY_TOO_COMPLEX',
    'aliases',
  ],
  ['a field selected 500 times', `{ ${'__typename '.repeat(500)} }`, 'QUERY_TOO_COMPLEX', 'aliases'],
  ['overloaded directives', `{ __typename ${'@include(if: true) '.repeat(21)} }`, 'QUERY_TOO_COMPLEX', 'directives'],
  ['unknown directives in number', `{ __typename ${'@aa'.repeat(1000)} }`, 'QUERY_TOO_COMPLEX', 'directives'],
  ['501 fields', `{ ${times(501, (i) => `f${i}`)} }`, 'QUERY_TOO_COMPLEX', 'fields'],
  [
    '51 fragments',
    `{ ...f0 } ${times(51, (i) => `fragment f${i} on Query { __typename }`)}`,
    'QUERY_TOO_COMPLEX',
    'fragments',
  ],
  [
    'a fragment spread 101 times',
    `{ ${'...f '.repeat(101)} } fragment f on Query { __typename }`,
    'QUERY_TOO_COMPLEX',
    'spreads',
  ],
  [
    'fragments that double',
    `{ ...f0 } ${times(49, (i) => `fragment f${i} on Query { ${i < 48 ? `...f${i + 1} ...f${i + 1}` : '__typename'} }`)}`,
    'QUERY_TOO_COMPLEX',
    'cost',
  ],
  [
    'circular fragments',
    '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    'BAD_REQUEST',
    undefined,
  ],
  [
    'a circular fragment that fans out',
    `{ agent(id: "x") { ...f0 } } ${times(45, (i) => `fragment f${i} on Agent { id tools { id } ...f${(i + 1) % 45} ...f${(i + 7) % 45} }`)}`,
    'BAD_REQUEST',
    undefined,
  ],
  ['too many tokens', `{ ${'a '.repeat(4000)} }`, 'QUERY_TOO_COMPLEX', 'tokens'],
  ['900 operations', times(900, (i) => `query q${i} { __typename }`), 'QUERY_TOO_COMPLEX', 'tokens'],
  ['lists of lists, many times', `{ ${times(5, (i) => `a${i}: ${everything}`)} }`, 'QUERY_TOO_COMPLEX', 'cost'],
  [
    'introspection three times',
    `{ ${times(3, (i) => `a${i}: __schema { queryType { name } }`)} }`,
    'QUERY_TOO_COMPLEX',
    'cost',
  ],
  [
    'circular introspection',
    `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
    'QUERY_TOO_COMPLEX',
    'introspectionDepth',
  ],
  ['500 misspelt fields', `{ ${times(490, (i) => `toolz${i}`)} }`, 'BAD_REQUEST', undefined],
  ['unicode garbage', '\u0000\uFFFF{\u202E𝕬\uD800 ', 'BAD_REQUEST', undefined],
  ['a document of braces', '{'.repeat(3000), 'BAD_REQUEST', undefined],
  ['no operation', 'fragment f on Query { __typename }', 'BAD_REQUEST', undefined],
  ['a schema instead of an operation', 'type Query { a: Int }', 'BAD_REQUEST', undefined],
];

describe('an abuse of documents', () => {
  it.each(DOCUMENTS)('is refused over HTTP: %s', async (_name, query, code, limit) => {
    const answer = await post({ query });
    expect([answer.status, answer.code, answer.details.limit]).toEqual([400, code, limit]);
    if (limit) expect(answer.details.maximum).toBeGreaterThan(0);
    expect(answer.text.length).toBeLessThan(5_000);
  });

  it.each(DOCUMENTS)('is refused over sockets: %s', async (_name, query, code, limit) => {
    const { errors } = await overSocket({ query });
    expect([errors?.[0]?.code, errors?.[0]?.details.limit]).toEqual([code, limit]);
    expect(errors?.length).toBeLessThanOrEqual(5);
  });

  it('says by how much a document is too large', async () => {
    const { details } = await post({ query: `{ ${times(40, (i) => `a${i}: __typename`)} }` });
    expect(details).toEqual({ limit: 'aliases', maximum: 30, actual: 40 });
  });

  it('counts long texts as many values, so that aliases of a page of them are refused', async () => {
    const pages = Array.from({ length: 30 }, (_, n) => `p${n}: executions(limit: 100) { items { systemPrompt } }`);
    const { status, text } = await post({ query: `{ ${pages.join(' ')} }` });
    expect(status).toBe(400);
    expect(text).toContain('"limit":"cost"');
  });

  it('multiplies lists by their limit, given as a variable too', async () => {
    const query = `query ($limit: Int) { ${times(20, (i) => `a${i}: agents(limit: $limit) { items { id name role tools { id } } }`)} }`;
    expect((await post({ query, variables: { limit: 10 } })).status).toBe(200);
    const refused = await post({ query, variables: { limit: 100 } });
    expect([refused.code, refused.details.limit]).toEqual(['QUERY_TOO_COMPLEX', 'cost']);
    expect((await overSocket({ query, variables: { limit: 100 } })).errors?.[0]?.code).toBe('QUERY_TOO_COMPLEX');
  });
});

describe('an abuse of requests', () => {
  it.each<[string, number, string | undefined, () => Promise<Answer>]>([
    ['a body of 10 MB', 413, 'PAYLOAD_TOO_LARGE', () => post({ query: `{ __typename } #${'x'.repeat(10_000_000)}` })],
    [
      'huge variables',
      413,
      'PAYLOAD_TOO_LARGE',
      () => post({ query: '{ __typename }', variables: { a: 'x'.repeat(600_000) } }),
    ],
    ['a JSON bomb of lists', 400, 'BAD_REQUEST', () => post('['.repeat(500_000))],
    [
      'a JSON bomb in the variables',
      400,
      'BAD_USER_INPUT',
      () =>
        post(
          `{"query":"query ($id: ID!) { tool(id: $id) { id } }","variables":{"id":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
        ),
    ],
    [
      'a JSON bomb in a list',
      400,
      'BAD_USER_INPUT',
      () =>
        post(
          `{"query":"mutation ($t: [ID!]!) { createAgent(input: { name: \\"a\\", role: \\"b\\", toolIds: $t }) { id } }","variables":{"t":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
        ),
    ],
    [
      'a compressed bomb',
      413,
      'PAYLOAD_TOO_LARGE',
      async () => {
        const { gzipSync } = await import('node:zlib');
        return send({
          headers: headers({ 'content-encoding': 'gzip' }),
          body: gzipSync(Buffer.alloc(50_000_000, ' ')),
        });
      },
    ],
    ['a batch', 400, 'BAD_REQUEST', () => post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })))],
    ['malformed JSON', 400, 'BAD_REQUEST', () => post('{"query": "{ __typename }"')],
    [
      'bytes that are no UTF-8',
      400,
      'BAD_REQUEST',
      () => send({ headers: headers(), body: Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0xc3]) }),
    ],
    ['a query that is a number', 400, 'BAD_REQUEST', () => post({ query: 7 })],
    ['variables that are a list', 400, 'BAD_REQUEST', () => post({ query: '{ __typename }', variables: [] })],
    ['a polluted prototype', 400, 'BAD_REQUEST', () => post('{"__proto__":{"query":"{ __typename }"}}')],
    [
      'a mutation by GET',
      405,
      'BAD_REQUEST',
      () =>
        send(
          { method: 'GET', headers: headers({ 'apollo-require-preflight': '1' }) },
          '/graphql?query=mutation%7BdeleteTool(id:%22x%22)%7Bid%7D%7D',
        ),
    ],
    [
      'a GET from a foreign page',
      400,
      'BAD_REQUEST',
      () =>
        send(
          { method: 'GET', headers: { 'x-api-key': server.key('acme', 'ADMIN') } },
          '/graphql?query=%7B__typename%7D',
        ),
    ],
    [
      'a form',
      400,
      'BAD_REQUEST',
      () =>
        send({
          headers: headers({ 'content-type': 'application/x-www-form-urlencoded' }),
          body: 'query=%7B__typename%7D',
        }),
    ],
    [
      'introspection without a key',
      401,
      'UNAUTHENTICATED',
      () => post({ query: getIntrospectionQuery() }, { 'x-api-key': '' }),
    ],
    [
      '10 MB without a key',
      401,
      'UNAUTHENTICATED',
      () => post('x'.repeat(10_000_000), { 'x-api-key': 'tri_nobody00' }),
    ],
  ])('is refused: %s', async (_name, status, code, act) => {
    const answer = await act();
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text.length).toBeLessThan(5_000);
  });

  it('leaves the server as quick as before', async () => {
    expect((await post({ query: '{ __typename }' })).text).toContain('"__typename":"Query"');
  });
});

describe('an abuse of sockets', () => {
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-api-key': server.key('acme', 'ADMIN') },
    });
    await once(socket, 'open');
    return socket;
  };

  it.each<[string, number, (socket: WebSocket) => void]>([
    ['a message of 10 MB', 1009, (socket) => socket.send('x'.repeat(10_000_000))],
    ['a frame that is no JSON', 4400, (socket) => socket.send('\u0000{')],
    ['a message without a type', 4400, (socket) => socket.send('{}')],
    ['a message of an unknown type', 4400, (socket) => socket.send('{"type":"start"}')],
    ['a list of messages', 4400, (socket) => socket.send('[{"type":"connection_init"}]')],
    [
      'an operation before connection_init',
      4401,
      (socket) => socket.send('{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}'),
    ],
    ['silence', 4408, () => undefined],
  ])('closes them: %s, with %d', async (_name, code, act) => {
    const socket = await open();
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    act(socket);
    expect((await closed)[0]).toBe(code);
  });

  it.each([
    ['a frame of a reserved kind', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['an unmasked frame', Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['text that is no UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
  ])('closes them on malformed frames: %s', async (_name, frame) => {
    const socket = await open();
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    // The client's own raw connection: ws itself would not send this.
    (socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(frame);
    expect([1002, 1006, 1007]).toContain((await closed)[0]);
  });
});

/** The twelve checks that graphql-cop lists, each as what a good answer to it is. */
describe("graphql-cop's checks find nothing", () => {
  const noKey = { 'x-api-key': '' };
  it.each<[string, () => Promise<unknown>]>([
    [
      'Alias Overloading',
      async () => expect((await post({ query: `{ ${times(101, (i) => `alias${i}: __typename`)} }` })).status).toBe(400),
    ],
    [
      'Batch Queries',
      async () =>
        expect((await post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })))).status).toBe(400),
    ],
    [
      'GET based Queries',
      async () =>
        expect(
          (
            await send(
              { method: 'GET', headers: { 'x-api-key': server.key('acme', 'ADMIN') } },
              '/graphql?query=%7B__typename%7D',
            )
          ).text,
        ).not.toContain('"data"'),
    ],
    [
      'POST based Queries using urlencoded payloads',
      async () =>
        expect(
          (
            await send({
              headers: headers({ 'content-type': 'application/x-www-form-urlencoded' }),
              body: 'query=%7B__typename%7D',
            })
          ).text,
        ).not.toContain('"data"'),
    ],
    [
      'Tracing and debug modes',
      async () =>
        expect((await post({ query: '{ __typename }' }, { 'apollo-tracing': '1' })).text).toBe(
          '{"data":{"__typename":"Query"}}\n',
        ),
    ],
    [
      'Field Duplication',
      async () => expect((await post({ query: `{ ${'__typename '.repeat(500)} }` })).status).toBe(400),
    ],
    [
      'Field Suggestions',
      async () => expect((await post({ query: '{ tol { id } }' }, noKey)).text).not.toContain('Did you mean'),
    ],
    [
      'GraphiQL on the API without a key',
      async () => expect((await send({ method: 'GET', headers: { accept: 'text/html' } })).status).toBe(401),
    ],
    [
      'Introspection without a key',
      async () => expect((await post({ query: getIntrospectionQuery() }, noKey)).text).not.toContain('__schema'),
    ],
    [
      'Directives Overloading',
      async () =>
        expect(
          (await post({ query: `{ __typename ${'@aa'.repeat(10)} }` })).text.match(/"message"/g)?.length,
        ).toBeLessThan(10),
    ],
    [
      'Circular Query using Introspection',
      async () =>
        expect(
          (
            await post({
              query:
                '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
            })
          ).status,
        ).toBe(400),
    ],
    [
      'Mutation support over GET methods',
      async () =>
        expect(
          (
            await send(
              { method: 'GET', headers: headers({ 'apollo-require-preflight': '1' }) },
              '/graphql?query=mutation%7B__typename%7D',
            )
          ).status,
        ).toBe(405),
    ],
  ])('%s', async (_name, check) => {
    await check();
  });
});

describe('what is no abuse passes', () => {
  const preparer = new DocumentPreparer(buildSchema(printedSchema()));
  const folder = path.resolve(import.meta.dirname, '../../schema/operations');
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));

  it.each(files)('every operation of the SDK in %s', (file) => {
    expect(preparer.prepare(readFileSync(path.join(folder, file), 'utf8'))).toHaveProperty('document');
  });

  it("GraphiQL's introspection, over both transports", async () => {
    const query = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    expect((await post({ query })).text).toContain('"types"');
    expect((await overSocket({ query })).data).toHaveProperty('__schema');
  });

  it('the largest page of each list, with all its fields', async () => {
    const query = `{ agents(limit: 100) { totalCount nextCursor items { id name role description createdAt updatedAt
      tools { id name description createdAt updatedAt } } }
      executions(limit: 100) { totalCount items { id agentId agentName prompt systemPrompt model response warnings createdAt } } }`;
    expect((await post({ query })).status).toBe(200);
  });
});
