import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { AbuseClient } from '../testkit/abuse-client.js';
import type { Answer } from '../testkit/abuse-client.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';

let server: TenantsServer;
let client: AbuseClient;
beforeAll(async () => {
  server = await startTenantsServer({ tenants: ['acme'], environment: { RATE_LIMIT_REQUESTS: '1000000' } });
  client = new AbuseClient(server);
}, 60_000);
afterAll(() => server.close());

describe('an abuse of requests', () => {
  it.each<[string, number, string | undefined, () => Promise<Answer>]>([
    [
      'a body of 10 MB',
      413,
      'PAYLOAD_TOO_LARGE',
      () => client.post({ query: `{ __typename } #${'x'.repeat(10_000_000)}` }),
    ],
    [
      'huge variables',
      413,
      'PAYLOAD_TOO_LARGE',
      () => client.post({ query: '{ __typename }', variables: { a: 'x'.repeat(600_000) } }),
    ],
    ['a JSON bomb of lists', 400, 'BAD_REQUEST', () => client.post('['.repeat(500_000))],
    [
      'a JSON bomb in the variables',
      400,
      'BAD_USER_INPUT',
      () =>
        client.post(
          `{"query":"query ($id: ID!) { tool(id: $id) { id } }","variables":{"id":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
        ),
    ],
    [
      'a JSON bomb in a list',
      400,
      'BAD_USER_INPUT',
      () =>
        client.post(
          `{"query":"mutation ($t: [ID!]!) { createAgent(input: { name: \\"a\\", role: \\"b\\", toolIds: $t }) { id } }","variables":{"t":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
        ),
    ],
    [
      'a compressed bomb',
      413,
      'PAYLOAD_TOO_LARGE',
      async () => {
        const { gzipSync } = await import('node:zlib');
        return client.send({
          headers: client.headers({ 'content-encoding': 'gzip' }),
          body: gzipSync(Buffer.alloc(50_000_000, ' ')),
        });
      },
    ],
    ['a batch', 400, 'BAD_REQUEST', () => client.post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })))],
    ['malformed JSON', 400, 'BAD_REQUEST', () => client.post('{"query": "{ __typename }"')],
    [
      'bytes that are no UTF-8',
      400,
      'BAD_REQUEST',
      () => client.send({ headers: client.headers(), body: Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0xc3]) }),
    ],
    ['a query that is a number', 400, 'BAD_REQUEST', () => client.post({ query: 7 })],
    ['variables that are a list', 400, 'BAD_REQUEST', () => client.post({ query: '{ __typename }', variables: [] })],
    ['a polluted prototype', 400, 'BAD_REQUEST', () => client.post('{"__proto__":{"query":"{ __typename }"}}')],
    [
      'a mutation by GET',
      405,
      'BAD_REQUEST',
      () =>
        client.send(
          { method: 'GET', headers: client.headers({ 'apollo-require-preflight': '1' }) },
          '/graphql?query=mutation%7BdeleteTool(id:%22x%22)%7Bid%7D%7D',
        ),
    ],
    [
      'a GET from a foreign page',
      400,
      'BAD_REQUEST',
      () =>
        client.send(
          { method: 'GET', headers: { 'x-api-key': server.key('acme', 'ADMIN') } },
          '/graphql?query=%7B__typename%7D',
        ),
    ],
    [
      'a form',
      400,
      'BAD_REQUEST',
      () =>
        client.send({
          headers: client.headers({ 'content-type': 'application/x-www-form-urlencoded' }),
          body: 'query=%7B__typename%7D',
        }),
    ],
    [
      'introspection without a key',
      401,
      'UNAUTHENTICATED',
      () => client.post({ query: getIntrospectionQuery() }, { 'x-api-key': '' }),
    ],
    [
      '10 MB without a key',
      401,
      'UNAUTHENTICATED',
      () => client.post('x'.repeat(10_000_000), { 'x-api-key': 'tri_nobody00' }),
    ],
  ])('is refused: %s', async (_name, status, code, act) => {
    const answer = await act();
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text.length).toBeLessThan(5_000);
  });

  it('leaves the server as quick as before', async () => {
    expect((await client.post({ query: '{ __typename }' })).text).toContain('"__typename":"Query"');
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
