import { setTimeout as delay } from 'node:timers/promises';
import { HttpConnection, type Reply } from './http-connection.js';
import { cpuMs } from './process-time.js';
import { quantile } from './statistics.js';

export interface Load {
  /** A port of the loopback, or a unix socket. */
  readonly at: number | string;
  /** The server's, for its CPU time. */
  readonly pid: number;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** The next request; called in turn for all connections. */
  readonly next: () => Buffer;
  /** Every timed reply is looked at. */
  readonly isRight: (reply: Reply) => boolean;
}

export interface LoadFigures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly errors: number;
  /** Of the server's process; NaN where the system does not tell. */
  readonly cpuMsPerRequest: number;
  /** The share of one core that this generator used: near 1 it would be what limits. */
  readonly generatorShare: number;
}

const LATE_MS = 10_000;

/** Each connection asks again as soon as it was answered. Rejects when the server stops answering. */
export async function closedLoad(load: Load): Promise<LoadFigures> {
  const connections = await Promise.all(Array.from({ length: load.connections }, () => HttpConnection.open(load.at)));
  const latencies: number[] = [];
  let errors = 0;
  let isTimed = false;
  let isOver = false;

  const ask = async (connection: HttpConnection): Promise<void> => {
    while (!isOver) {
      const sent = performance.now();
      const reply = await connection.exchange(load.next());
      if (!isTimed) continue;
      latencies.push(performance.now() - sent);
      if (!load.isRight(reply)) errors += 1;
    }
  };

  const cutOff = setTimeout(
    () => connections.forEach((connection) => connection.close()),
    load.warmUpMs + load.durationMs + LATE_MS,
  );
  const asking = Promise.all(connections.map(ask));
  const failed = new Promise<never>((_resolve, reject) => void asking.catch(reject));
  try {
    await Promise.race([delay(load.warmUpMs), failed]);
    const [cpuBefore, ownBefore, began] = [await cpuMs(load.pid), process.cpuUsage(), performance.now()];
    isTimed = true;
    await Promise.race([delay(load.durationMs), failed]);
    isTimed = false;
    const elapsed = performance.now() - began;
    const [cpuAfter, own] = [await cpuMs(load.pid), process.cpuUsage(ownBefore)];
    isOver = true;
    await asking;
    return {
      perSecond: (latencies.length / elapsed) * 1000,
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      p99: quantile(latencies, 0.99),
      errors,
      cpuMsPerRequest: (cpuAfter - cpuBefore) / latencies.length,
      generatorShare: (own.user + own.system) / 1000 / elapsed,
    };
  } finally {
    clearTimeout(cutOff);
    isOver = true;
    for (const connection of connections) connection.close();
  }
}
