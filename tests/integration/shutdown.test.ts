import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { TestServer } from '../testkit/server.js';
import { startTenantsServer, type TenantsServer } from '../testkit/tenants-server.js';
import { createDataFolder } from '../testkit/server.js';
import { until } from '../testkit/until.js';

const NEVER_SHORT_MS = 20_000;
let rig: TenantsServer | undefined;

async function start(environment: Record<string, string> = {}): Promise<TestServer> {
  rig = await startTenantsServer({ tenants: ['acme'], environment });
  return rig.servers[0]!;
}

afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const statusOf = (url: string): Promise<number> => fetch(url).then(({ status }) => status);

const awaitUnready = (server: TestServer): Promise<void> =>
  until(async () => (await statusOf(`${server.url}/readyz`)) === 503);

/** A socket that has said whose it is. */
async function openSocket(server: TestServer): Promise<WebSocket> {
  const headers = { 'x-api-key': rig!.key('acme', 'VIEWER') };
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}

/** The exit code, and how long it took. */
async function told(server: TestServer, signal: NodeJS.Signals = 'SIGTERM') {
  const began = performance.now();
  const code = await server.end(signal);
  return { code, tookMs: performance.now() - began };
}

describe('a server that is told to end', () => {
  it('is not ready first and serves on, then refuses, closes sockets with 1001, and ends by itself with 0', async () => {
    const server = await start({ SHUTDOWN_DELAY: '2' });
    const client = rig!.client('acme');
    const socket = await openSocket(server);
    const closed = once(socket, 'close');
    const kept = new Agent({ keepAlive: true });
    await new Promise((resolve) =>
      get(`${server.url}/livez`, { agent: kept }, (answer) => answer.resume().on('end', resolve)),
    );

    const ended = told(server);
    await awaitUnready(server);
    expect(await statusOf(`${server.url}/livez`)).toBe(200);
    expect(await client.ok('{ instances { totalCount } }')).toEqual({ instances: { totalCount: 0 } });
    expect(socket.readyState).toBe(WebSocket.OPEN);

    const [code] = (await closed) as [number];
    expect(code).toBe(1001);
    const end = await ended;
    expect(end.code).toBe(0);
    expect(end.tookMs).toBeGreaterThan(2_000);
    expect(end.tookMs).toBeLessThan(6_000);
    await expect(statusOf(`${server.url}/livez`)).rejects.toThrow();
    const output = await server.output();
    expect(output).toContain('"msg":"closed"');
    expect(output).not.toMatch(/left open|not closed|did not close/);
    kept.destroy();
  });

  it('closes at once where no delay is set, and takes SIGINT for SIGTERM', async () => {
    const server = await start();
    const end = await told(server, 'SIGINT');
    expect(end.code).toBe(0);
    expect(end.tookMs).toBeLessThan(3_000);
  });

  it('ends at its deadline, with 1 and with what is still open, when something does not close', async () => {
    const server = await start({ SHUTDOWN_TIMEOUT: '3' });
    // A request under way, whose body never comes.
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const headers = [
      `x-api-key: ${rig!.key('acme', 'VIEWER')}`,
      'content-type: application/json',
      'content-length: 99',
    ];
    socket.write(['POST /graphql HTTP/1.1', 'host: localhost', ...headers, '', '{'].join('\r\n'));
    socket.on('error', () => undefined);
    await sleep(300);
    const end = await told(server);
    socket.destroy();
    expect(end.code).toBe(1);
    expect(end.tookMs).toBeGreaterThan(2_900);
    expect(end.tookMs).toBeLessThan(5_000);
    const line = (await server.output()).split('\n').find((text) => text.includes('not closed within 3 s'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ open: expect.arrayContaining(['TCPSocketWrap']) });
  });

  it('ends at once, with 1, when it is told twice', async () => {
    const server = await start({ SHUTDOWN_DELAY: '20' });
    const first = told(server);
    await awaitUnready(server);
    process.kill(server.pid, 'SIGTERM');
    const end = await first;
    expect(end.code).toBe(1);
    expect(end.tookMs).toBeLessThan(NEVER_SHORT_MS / 4);
    expect(await server.output()).toContain('told twice');
  });
});

describe('a server that is told to end while it starts', () => {
  it('closes what it has begun: its embedded Postgres does not outlive it', async () => {
    const folder = await createDataFolder();
    const dataDir = path.join(folder.path, 'data');
    await mkdir(dataDir);
    const main = path.resolve(import.meta.dirname, '../../dist/src/main.js');
    const env = { PATH: process.env.PATH ?? '', PORT: '0', DATA_DIR: dataDir, RUNTIME: 'fake' };
    const child = spawn(process.execPath, [main], { env, stdio: 'ignore' });
    const ended = once(child, 'exit') as Promise<[number | null]>;
    const pidFile = path.join(dataDir, 'postgres/data/postmaster.pid');
    let postmaster = 0;
    await until(async () => (postmaster = parseInt(await readFile(pidFile, 'utf8').catch(() => '0'), 10)) > 1, 60_000);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(() => process.kill(postmaster, 0)).toThrow('ESRCH');
    await folder.remove();
  });
});
