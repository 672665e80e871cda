import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelAnswer, ChannelRequest } from './channel-client.js';
import { OutputShipper } from './output-shipper.js';

/** A server in memory that can be away, and that may forget to answer what it took. */
class Server {
  held = Buffer.alloc(0);
  away = false;
  deafAfter = 0;

  async call({ path, body }: ChannelRequest): Promise<ChannelAnswer> {
    if (this.away) throw new Error('away');
    const offset = Number(new URLSearchParams(path.split('?')[1]).get('offset'));
    const conflict = offset > this.held.length;
    if (!conflict) this.held = Buffer.concat([this.held.subarray(0, offset), body as Buffer]);
    if (this.deafAfter-- > 0) throw new Error('the answer was lost');
    return {
      status: conflict ? 409 : 204,
      headers: { 'triaged-offset': String(this.held.length) },
      body: Buffer.alloc(0),
    };
  }
}

describe('the output shipper', () => {
  it('makes the writer wait while the spool is full, and loses nothing', async () => {
    const server = new Server();
    server.away = true;
    const shipper = new OutputShipper({ client: server, spoolBytes: 1000 });
    await shipper.write(Buffer.alloc(600, 'a'));
    let hasRoom = false;
    const waiting = shipper.write(Buffer.alloc(600, 'b')).then(() => (hasRoom = true));
    await delay(100);
    expect([hasRoom, shipper.isFull]).toEqual([false, true]);
    server.away = false;
    await waiting;
    const digest = await shipper.end();
    expect(server.held.toString()).toBe('a'.repeat(600) + 'b'.repeat(600));
    expect(digest).toBe(createHash('sha256').update(server.held).digest('hex'));
  });

  it('keeps small writes, of which some are acknowledged in between, in order', async () => {
    const server = new Server();
    server.deafAfter = 2;
    const shipper = new OutputShipper({ client: server });
    let expected = '';
    for (let index = 0; index < 5000; index += 1) {
      const piece = `${index},`.repeat(1 + (index % 7 === 0 ? 900 : index % 5));
      expected += piece;
      await shipper.write(Buffer.from(piece));
      if (index % 500 === 0) await delay(5);
    }
    await shipper.end();
    expect(server.held.equals(Buffer.from(expected))).toBe(true);
  });

  it('sends what the server left undecided with what comes next, and as the last when nothing does', async () => {
    const paths: string[] = [];
    let held = Buffer.alloc(0);
    /** Decides on whole lines. */
    const client = {
      async call({ path, body }: ChannelRequest): Promise<ChannelAnswer> {
        paths.push(path);
        const query = new URLSearchParams(path.split('?')[1]);
        const given = Buffer.concat([held.subarray(0, Number(query.get('offset'))), body as Buffer]);
        held = given.subarray(0, query.get('last') === 'true' ? given.length : given.lastIndexOf(0x0a) + 1);
        return { status: 204, headers: { 'triaged-offset': String(held.length) }, body: Buffer.alloc(0) };
      },
    };
    const shipper = new OutputShipper({ client });
    await shipper.write(Buffer.from('one\ntw'));
    await delay(100);
    expect([held.toString(), paths.length]).toEqual(['one\n', 1]);
    await shipper.write(Buffer.from('o\nthr'));
    await delay(100);
    expect([held.toString(), paths.length]).toEqual(['one\ntwo\n', 2]);
    await shipper.write(Buffer.from('ee'));
    await shipper.end();
    expect(held.toString()).toBe('one\ntwo\nthree');
    expect(paths.at(-1)).toBe('/v1/output?offset=8&last=true');
  });

  it('gives up when the server lost bytes that it had acknowledged', async () => {
    const server = new Server();
    const shipper = new OutputShipper({ client: server });
    await shipper.write(Buffer.from('abcdef'));
    while (server.held.length < 6) await delay(5);
    await delay(30);
    server.held = Buffer.alloc(0);
    await shipper.write(Buffer.from('ghi'));
    await expect(shipper.end()).rejects.toThrow(/holds 0 bytes; only 6 to 9/);
  });
});
