import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ConnectionLost, UnexpectedAnswer } from './errors.js';
import { RateLimitedError } from './generated/error-classes.js';
import { TriageRunDocument } from './generated/graphql.js';
import { Triaged } from './triaged.js';

type Answer = (response: ServerResponse, body: Record<string, unknown>) => void;

const DATA = JSON.stringify({ data: { triageRun: { id: 'run' } } });
const NOT_KNOWN = JSON.stringify({ errors: [{ message: 'x', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });

let server: Server;
let client: Triaged;
let answer: Answer;
let bodies: Record<string, unknown>[];
let requests: IncomingMessage[];
beforeEach(async () => {
  [bodies, requests] = [[], []];
  server = createServer((request, response) => {
    requests.push(request);
    void text(request).then((body) => {
      bodies.push(JSON.parse(body) as Record<string, unknown>);
      answer(response, bodies.at(-1)!);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new Triaged({ url: `http://127.0.0.1:${port}/behind/proxy//`, apiKey: 'key' });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('a request', () => {
  it('names a document of the SDK by its hash, below the path of the URL, with the key', async () => {
    answer = (response) => response.end(DATA);
    expect(await client.triageRun('run')).toEqual({ id: 'run' });
    const documentId = TriageRunDocument.__meta__?.hash as string;
    expect(bodies).toEqual([{ documentId, variables: { id: 'run' } }]);
    expect(requests[0]).toMatchObject({
      url: '/behind/proxy/graphql',
      method: 'POST',
      headers: { 'x-api-key': 'key' },
    });
  });

  it('sends the text of a document that the server does not know, and from then on at once', async () => {
    answer = (response, { documentId }) => response.end(documentId === undefined ? DATA : NOT_KNOWN);
    await client.triageRun('one');
    await client.triageRun('two');
    expect(bodies.map(({ documentId, query }) => [documentId !== undefined, query])).toEqual([
      [true, undefined],
      [false, TriageRunDocument.toString()],
      [false, TriageRunDocument.toString()],
    ]);
  });

  it.each([502, 503, 504])('counts a proxy that answers %d for the server as no answer', async (status) => {
    answer = (response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
    await expect(client.triageRun('run')).rejects.toBeInstanceOf(ConnectionLost);
  });

  it.each([
    ['a page', 200, '<!doctype html>'],
    ['JSON of something else', 200, '[1]'],
    ['null', 200, 'null'],
    ['no GraphQL', 404, 'Not found'],
  ])('is told apart from %s', async (_name, status, body) => {
    answer = (response) => response.writeHead(status).end(body);
    await expect(client.triageRun('run')).rejects.toMatchObject({ name: UnexpectedAnswer.name, status });
  });

  it.each([301, 302, 307, 308])('does not take its key along a redirect (%d)', async (status) => {
    answer = (response) => response.writeHead(status, { location: '/elsewhere' }).end();
    await expect(client.triageRun('run')).rejects.toThrow('redirect');
    expect(requests).toHaveLength(1);
  });

  it('tells when to come again, by the details or else the header', async () => {
    const refusal = { message: 'Enough.', extensions: { error_code: 'RATE_LIMITED' } };
    answer = (response) => response.writeHead(429, { 'retry-after': '12' }).end(JSON.stringify({ errors: [refusal] }));
    const refused = client.triageRun('run');
    await expect(refused).rejects.toBeInstanceOf(RateLimitedError);
    await expect(refused).rejects.toMatchObject({ retryAfterSeconds: 12 });
  });

  it('throws when a part of what was asked failed', async () => {
    const errors = [{ message: 'Half.', path: ['triageRun', 'report'], extensions: { code: 'INTERNAL' } }];
    answer = (response) => response.end(JSON.stringify({ data: { triageRun: null }, errors }));
    await expect(client.triageRun('run')).rejects.toMatchObject({ code: 'INTERNAL', path: ['triageRun', 'report'] });
  });

  it('is given up in time, also in the middle of an answer, or when its signal says so', async () => {
    answer = (response) => response.write('{');
    await expect(client.triageRun('run', { timeoutMs: 50 })).rejects.toThrow('does not answer within 0.05 s');
    const stopping = new AbortController();
    answer = () => stopping.abort(new Error('enough'));
    await expect(client.triageRun('run', { signal: stopping.signal })).rejects.toThrow('enough');
  });

  it('is no answer when the server hangs up', async () => {
    answer = (response) => response.destroy();
    await expect(client.triageRun('run')).rejects.toBeInstanceOf(ConnectionLost);
  });
});
