import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ConnectPolicy } from '../../kernel/connect-policy.js';
import { ofDatabase } from '../../kernel/database-errors.js';
import { EMPTY_NETWORK_RECORD, type NetworkRecord } from './network-record.js';
import { RunEgress, type RunEgressOptions } from './run-egress.js';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

/** Sends back what it gets. */
async function echo(): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

function egressOf(options: Partial<RunEgressOptions> = {}, names: Record<string, string> = {}) {
  const saved: NetworkRecord[] = [];
  const policyFor = (...networks: string[]) =>
    new ConnectPolicy({
      networks,
      ownServices: () => [],
      resolve: (name) => (names[name] ? Promise.resolve([names[name]]) : Promise.reject(new Error('ENOTFOUND'))),
    });
  const egress = new RunEgress({
    egress: [],
    cluster: () => Promise.resolve(undefined),
    policies: { cluster: policyFor('127.0.0.1/32'), egress: policyFor('127.0.0.0/8') },
    record: EMPTY_NETWORK_RECORD,
    save: async (record) => void saved.push(record),
    logger: pino({ level: 'silent' }),
    ...options,
  });
  closings.push(() => egress.close());
  const dial = (authority: string) => egress.dial(authority, new AbortController().signal);
  return { egress, saved, dial };
}

const refusal = (status: number) => expect.objectContaining({ name: 'ChannelRefusal', status });

describe('RunEgress', () => {
  it("connects to the run's cluster and to hosts on its list, and counts what went through", async () => {
    const [api, host] = [await echo(), await echo()];
    const { egress, dial } = egressOf(
      {
        egress: [`*.example.com:${host}`],
        cluster: () => Promise.resolve({ host: '127.0.0.1', port: api }),
      },
      { 'a.example.com': '127.0.0.1' },
    );
    for (const authority of [`127.0.0.1:${api}`, `a.example.com:${host}`]) {
      const socket = await dial(authority);
      socket.end('hello');
      expect(await text(socket)).toBe('hello');
    }
    expect(egress.record).toEqual({ connections: 2, sentBytes: 10, receivedBytes: 10, refused: [] });
  });

  it('refuses everything else and remembers it', async () => {
    const port = await echo();
    const { egress, dial } = egressOf({ cluster: () => Promise.resolve({ host: '127.0.0.1', port }) });
    const others = ['example.com:443', `127.0.0.1:${port + 1}`, `localhost:${port}`, `[::ffff:127.0.0.1]:${port}`];
    for (const authority of [...others, 'nonsense', '2130706433:80']) {
      await expect(dial(authority)).rejects.toEqual(refusal(403));
    }
    const { connections, refused } = egress.record;
    expect([connections, refused.map(({ host }) => host)]).toEqual([
      0,
      ['example.com', '127.0.0.1', 'localhost', '::ffff:7f00:1', 'nonsense', '2130706433'],
    ]);
  });

  it('refuses a host of its list whose name leads into a network that is not allowed', async () => {
    const names = { 'rebound.example': '169.254.169.254', 'inside.example': '10.0.0.1' };
    const { egress, dial } = egressOf({ egress: Object.keys(names).map((name) => `${name}:443`) }, names);
    await expect(dial('rebound.example:443')).rejects.toEqual(refusal(403));
    await expect(dial('inside.example:443')).rejects.toEqual(refusal(403));
    expect(egress.record.refused.map(({ host }) => host)).toEqual(['rebound.example', 'inside.example']);
  });

  it('says that it can be tried again while the cluster cannot be looked up, and refuses nothing for it', async () => {
    const away = ofDatabase(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    const { egress, dial } = egressOf({ cluster: () => Promise.reject(away) });
    await expect(dial('a.example:443')).rejects.toEqual(refusal(503));
    expect(egress.record.refused).toEqual([]);
  });

  it('does not count as refused what does not answer', async () => {
    const { egress, dial } = egressOf(
      { egress: ['gone.example:443', 'closed.example:1'] },
      { 'closed.example': '127.0.0.1' },
    );
    await expect(dial('gone.example:443')).rejects.toEqual(refusal(502));
    await expect(dial('closed.example:1')).rejects.toEqual(refusal(502));
    expect(egress.record.refused).toEqual([]);
  });

  it('has 32 tunnels at once and room again when one ends', async () => {
    const port = await echo();
    const { dial } = egressOf({ egress: [`127.0.0.1:${port}`] });
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => dial(`127.0.0.1:${port}`)));
    const open = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect([open.length, reasons]).toEqual([32, Array(8).fill(refusal(503))]);
    open[0]!.destroy();
    await once(open[0]!, 'close');
    await dial(`127.0.0.1:${port}`);
  });

  it('keeps its record within a second or two, tries again when that fails, and goes on from what was kept', async () => {
    let faults = 1;
    const { saved, dial } = egressOf({
      record: { ...EMPTY_NETWORK_RECORD, connections: 7 },
      save: async (record) => {
        if (faults-- > 0) throw new Error('the database is away');
        saved.push(record);
      },
    });
    await expect(dial('a.example:443')).rejects.toEqual(refusal(403));
    await expect(dial('a.example:443')).rejects.toEqual(refusal(403));
    await delay(2500);
    expect(saved).toEqual([
      expect.objectContaining({ connections: 7, refused: [expect.objectContaining({ host: 'a.example', count: 2 })] }),
    ]);
  });

  it('cuts every connection when it is closed, keeps the record and connects no more', async () => {
    const port = await echo();
    const { egress, saved, dial } = egressOf({ egress: [`127.0.0.1:${port}`] });
    const socket = await dial(`127.0.0.1:${port}`);
    socket.write('12345');
    await once(socket, 'data');
    await egress.close();
    await egress.close();
    expect(socket.destroyed).toBe(true);
    expect(saved).toEqual([{ connections: 1, sentBytes: 5, receivedBytes: 5, refused: [] }]);
    await expect(dial(`127.0.0.1:${port}`)).rejects.toThrow('the run is over');
  });
});
