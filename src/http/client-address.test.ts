import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientAddressOf } from './client-address.js';

/** Answers with the address that it sees; listens on both families. */
const server = createServer((incoming, response) => void response.end(clientAddressOf(incoming)));

beforeAll(async () => {
  server.listen(0, '::');
  await once(server, 'listening');
});
afterAll(() => void server.close());

async function seenBy(host: string, headers: Record<string, string> = {}): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const sent = request({ host, port, headers, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the address of a client', () => {
  it('has its own form in each family', async () => {
    expect(await seenBy('127.0.0.1')).toBe('127.0.0.1');
    expect(await seenBy('::1')).toBe('::1');
  });

  it('is never taken from what the client says', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1', 'x-real-ip': '192.0.2.1' };
    expect(await seenBy('127.0.0.1', headers)).toBe('127.0.0.1');
  });
});
