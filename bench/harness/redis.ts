import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { untilInterrupted } from './interruption.js';

export interface BenchRedis {
  readonly url: string;
  close(): Promise<void>;
}

export const NO_REDIS = 'there is no redis-server on the PATH';

/** A redis-server of our own, in memory only, on a free port of the loopback; undefined where there is none to start. */
export async function startBenchRedis(): Promise<BenchRedis | undefined> {
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/'];
  const child = spawn('redis-server', settings, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    await once(child, 'spawn');
  } catch {
    ended.catch(() => undefined);
    return undefined;
  }
  const release = untilInterrupted(() => child.kill('SIGKILL'));
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    release();
  };
  const url = `redis://127.0.0.1:${port}`;
  if (await answers(url)) return { url, close };
  await close();
  throw new Error('redis-server did not answer within 5 s.');
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const pong = client.connect().then(
    () => client.ping().then(() => true),
    () => client.ping().then(() => true),
  );
  const answered = await Promise.race([pong.catch(() => false), delay(5000, false, { ref: false })]);
  client.disconnect();
  return answered;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
