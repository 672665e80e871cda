import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { MemoryEventBus } from '../../adapters/event-bus/memory-event-bus.js';
import { ofDatabase } from '../../kernel/database-errors.js';
import { newRunId, type RunId } from '../../kernel/ids.js';
import { topics } from '../../ports/event-bus.js';
import { RunLogFeeds, RunLogStore, type RunLogChunk, type RunLogEncoding, type RunLogWriter } from './index.js';

/** Counts what is asked of the disk. */
class CountingStore extends RunLogStore {
  reads = 0;
  sizes = 0;
  /** What it fails with, as a reader does that has to ask where a log lies. */
  failure: Error | undefined;

  override read(...of: Parameters<RunLogStore['read']>): Promise<Buffer> {
    this.reads += 1;
    return super.read(...of);
  }

  override size(runId: RunId): Promise<number> {
    this.sizes += 1;
    return this.failure ? Promise.reject(this.failure) : super.size(runId);
  }
}

let folder: string;
let bus: MemoryEventBus;
let store: CountingStore;
let feeds: RunLogFeeds;
let runId: RunId;
let log: RunLogWriter;
let ended: boolean;
let endLooks: number;
beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/feeds-`);
  bus = new MemoryEventBus();
  store = new CountingStore({ directory: folder, bus, maxBytes: 10 ** 8 });
  feeds = new RunLogFeeds({ store, bus });
  runId = newRunId();
  log = await store.openWriter(runId, 1);
  [ended, endLooks] = [false, 0];
});
afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true, force: true });
});

const write = (data: string | Buffer): Promise<number> => log.append(log.size, Buffer.from(data));
const end = (): void => {
  ended = true;
  bus.publish(topics.run(runId));
};
const hasEnded = async (): Promise<boolean> => {
  endLooks += 1;
  return ended;
};
const follow = (fromOffset = 0, encoding: RunLogEncoding = 'UTF8') =>
  feeds.follow({ runId, fromOffset, encoding, hasEnded });

async function all(chunks: AsyncIterable<RunLogChunk>, pause = 0): Promise<RunLogChunk[]> {
  const found: RunLogChunk[] = [];
  for await (const chunk of chunks) {
    found.push(chunk);
    if (pause > 0) await delay(pause);
  }
  return found;
}
const textOf = (chunks: readonly RunLogChunk[]): string => chunks.map(({ data }) => data).join('');

describe('the feeds of run logs', () => {
  it('reads once for a hundred followers and gives them the same chunks', async () => {
    const followers = Array.from({ length: 100 }, () => all(follow()));
    await delay(20);
    for (let line = 0; line < 20; line += 1) {
      await write(`line ${line}\n`);
      await delay(5);
    }
    end();
    const [first, ...others] = await Promise.all(followers);
    expect(textOf(first!)).toBe(Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join(''));
    for (const other of others) {
      expect(other).toHaveLength(first!.length);
      other.forEach((chunk, index) => expect(chunk).toBe(first![index]));
    }
    expect(store.reads).toBe(first!.length);
    expect(store.sizes).toBeLessThan(100);
    expect(endLooks).toBeLessThan(5);
  });

  it('gives the first bytes after a silence at once, and then what came within 16 ms together', async () => {
    const following = all(follow());
    await delay(100);
    const wroteAt = performance.now();
    await write('first\n');
    for (let line = 0; line < 100; line += 1) {
      await write(`line ${line}\n`);
      await delay(1);
    }
    const took = performance.now() - wroteAt;
    end();
    const seen = await following;
    expect(seen[0]!.data.startsWith('first\n')).toBe(true);
    // A batch has some fifteen of these lines.
    expect(seen[0]!.data.split('\n').length).toBeLessThan(8);
    expect(seen.length).toBeLessThanOrEqual(Math.ceil(took / 16) + 2);
    expect(seen.length).toBeGreaterThan(3);
  });

  it('does not wait when a chunk is full', async () => {
    const chunks = follow();
    const delays: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const first = chunks.next();
      await delay(20);
      await write('x');
      await first;
      const next = chunks.next();
      const wroteAt = performance.now();
      await write('y'.repeat(65_532 * 2 - (log.size % 65_532)));
      await next;
      delays.push(performance.now() - wroteAt);
      while (((await chunks.next()).value as RunLogChunk).nextOffset < log.size);
    }
    await chunks.return!();
    expect(delays.sort((a, b) => a - b)[4]).toBeLessThan(12);
  });

  it('has followers from different offsets meet, and gives each its own bytes', async () => {
    const bytes = randomBytes(1_500_000);
    await write(bytes);
    end();
    const offsets = [0, 1, 777, 65_530, 65_531, 65_532, 65_533, 200_001, 1_499_999, 1_500_000, 1_500_001];
    for (const encoding of ['BASE64', 'UTF8'] as const) {
      const before = store.reads;
      const results = await Promise.all(offsets.map((offset) => all(follow(offset, encoding))));
      results.forEach((chunks, index) => {
        const from = offsets[index]!;
        let offset = from;
        for (const chunk of chunks) {
          expect(chunk.offset).toBe(offset);
          expect(chunk.nextOffset - chunk.offset).toBeLessThanOrEqual(65_536);
          offset = chunk.nextOffset;
        }
        expect(offset).toBe(Math.max(from, bytes.length));
        if (encoding === 'UTF8') expect(textOf(chunks)).toBe(bytes.toString('utf8', from));
        else {
          const decoded = Buffer.concat(chunks.map(({ data }) => Buffer.from(data, 'base64')));
          expect(decoded.equals(bytes.subarray(from))).toBe(true);
        }
      });
      // 23 chunks from the beginning, and one or two for each that came in between.
      expect(store.reads - before).toBeLessThan(23 + 2 * offsets.length);
    }
  });

  it('loses nothing to whoever comes and goes at random while the log grows', async () => {
    const text = 'ab€😀\u0000\n'.repeat(60_000);
    const bytes = Buffer.from(text);
    const wander = async (): Promise<string> => {
      let [seen, offset] = ['', 0];
      while (offset < bytes.length) {
        let left = 1 + Math.floor(Math.random() * 12);
        for await (const chunk of follow(offset)) {
          expect(chunk.offset).toBe(offset);
          seen += chunk.data;
          offset = chunk.nextOffset;
          left -= 1;
          if (Math.random() < 0.2) await delay(Math.random() * 20);
          if (left === 0) break;
        }
      }
      return seen;
    };
    const wanderers = Array.from({ length: 20 }, wander);
    for (let at = 0; at < bytes.length;) {
      const to = at + Math.floor(Math.random() * 20_000);
      await write(bytes.subarray(at, to));
      at = to;
      if (Math.random() < 0.5) await delay(2);
    }
    end();
    for (const seen of await Promise.all(wanderers)) expect(seen).toBe(text);
  });

  it('leads whoever is far behind through large chunks, although others took it in small ones', async () => {
    const quick = all(follow());
    for (let line = 0; line < 40; line += 1) {
      await write(`${line}`.padEnd(99, '.') + '\n');
      await delay(20);
    }
    end();
    const small = await quick;
    expect(small.length).toBeGreaterThan(20);
    const late = await all(follow());
    expect(late.length).toBeLessThan(5);
    expect(textOf(late)).toBe(textOf(small));
  });

  it('keeps some of what was read, not all, and reads the rest again', async () => {
    await write(randomBytes(20_000_000));
    end();
    const chunks = await all(follow(0, 'BASE64'));
    const [before, last] = [store.reads, chunks.at(-1)!];
    expect(await all(follow(last.offset, 'BASE64'))).toEqual([last]);
    expect(store.reads).toBe(before);
    const again = follow(0, 'BASE64');
    expect((await again.next()).value).toEqual(chunks[0]);
    expect(store.reads).toBe(before + 1);
    await again.return!();
  });

  it('goes on while nobody answers whether the run has ended', async () => {
    const silent = (): Promise<boolean> => new Promise(() => undefined);
    const chunks = feeds.follow({ runId, fromOffset: 0, encoding: 'UTF8', hasEnded: silent });
    for (const text of ['one', 'two', 'three']) {
      const next = chunks.next();
      await delay(20);
      await write(text);
      expect((await next).value).toMatchObject({ data: text });
    }
    await chunks.return!();
  });

  it.each(['before the first look', 'later'])('goes on when the database is away %s', async (since) => {
    const away = ofDatabase(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    if (since !== 'later') store.failure = away;
    const following = all(follow());
    await delay(50);
    store.failure = away;
    const looks = store.sizes;
    bus.publish(topics.runLog(runId));
    while (store.sizes < looks + 2) await delay(20);
    store.failure = undefined;
    await write('it has begun');
    end();
    expect(textOf(await following)).toBe('it has begun');
  });

  it('tells all who wait when the log can no longer be followed, and lets new ones try again', async () => {
    const failing = (): Promise<boolean> => Promise.reject(new Error('the run is gone'));
    const following = [1, 2].map(() =>
      all(feeds.follow({ runId, fromOffset: 0, encoding: 'UTF8', hasEnded: failing })),
    );
    for (const each of following) await expect(each).rejects.toThrow('the run is gone');
    await write('still here');
    end();
    expect(textOf(await all(follow()))).toBe('still here');
  });
});
