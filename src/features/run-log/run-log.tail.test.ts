import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { MemoryEventBus } from '../../adapters/event-bus/memory-event-bus.js';
import { newRunId, type RunId } from '../../kernel/ids.js';
import { topics } from '../../ports/event-bus.js';
import type { RunLogRemoval } from './run-log.tail.js';
import { RunLogFeeds, RunLogStore, type RunLogChunk, type RunLogWriter } from './index.js';

/** Counts subscriptions; can lose every tick. */
class CountingBus extends MemoryEventBus {
  listeners = 0;
  deaf = false;

  override publish(topic: string): void {
    if (!this.deaf) super.publish(topic);
  }

  override async subscribe(topic: string, listener: () => void): Promise<() => void> {
    const unsubscribe = await super.subscribe(topic, listener);
    this.listeners += 1;
    return () => {
      this.listeners -= 1;
      unsubscribe();
    };
  }
}

let folder: string;
let bus: CountingBus;
let store: RunLogStore;
let feeds: RunLogFeeds;
let runId: RunId;
let log: RunLogWriter | undefined;
let ended: boolean;
beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/tail-`);
  bus = new CountingBus();
  store = new RunLogStore({ directory: folder, bus, maxBytes: 10 ** 7 });
  feeds = new RunLogFeeds({ store, bus });
  runId = newRunId();
  log = undefined;
  ended = false;
});
afterEach(async () => {
  await log?.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(data: string | Buffer): Promise<void> {
  log ??= await store.openWriter(runId, 1);
  await log.append(log.size, Buffer.from(data));
}
const end = (): void => {
  ended = true;
  bus.publish(topics.run(runId));
};
const tail = (more: { fromOffset?: number; encoding?: 'UTF8' | 'BASE64'; signal?: AbortSignal } = {}) =>
  feeds.follow({ runId, fromOffset: 0, encoding: 'UTF8', hasEnded: async () => ended, ...more });
async function all(chunks: AsyncIterable<RunLogChunk>): Promise<RunLogChunk[]> {
  const found: RunLogChunk[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
}

describe('the tail of a run log', () => {
  it('waits for a log that does not exist yet, follows it and ends after its last byte', async () => {
    const reading = all(tail());
    await delay(20);
    await write('one\n');
    await delay(20);
    await write('two');
    end();
    const chunks = await reading;
    expect(chunks.map(({ data }) => data).join('')).toBe('one\ntwo');
    expect(chunks.at(-1)).toMatchObject({ nextOffset: 7, encoding: 'UTF8' });
    expect(bus.listeners).toBe(0);
  });

  describe('of a log that is removed', () => {
    const gone = { knownBytes: 0, onShort: () => Promise.reject(new Error('gone')) };
    const tailed = (removal: RunLogRemoval) =>
      feeds.follow({ runId, fromOffset: 0, encoding: 'UTF8', hasEnded: async () => ended, removal });

    it('ends with what is said of that, after what was read', async () => {
      await write('x'.repeat(200_000));
      end();
      const reading = tailed(gone);
      expect((await reading.next()).value).toMatchObject({ offset: 0 });
      await store.remove(runId);
      await expect(reading.next()).rejects.toThrow('gone');
      expect(bus.listeners).toBe(0);
    });

    it('ends so too when it was there no more at the first look', async () => {
      end();
      await expect(tailed({ ...gone, knownBytes: 1 }).next()).rejects.toThrow('gone');
    });

    it('ends early when nobody minds, and never asks about a log that is whole', async () => {
      await write('whole');
      end();
      expect(await all(tailed({ ...gone, knownBytes: 5 }))).toHaveLength(1);
      expect(await all(tailed({ knownBytes: 9, onShort: () => Promise.resolve() }))).toHaveLength(1);
    });
  });

  it('ends at once for a run that ended without output', async () => {
    ended = true;
    expect(await all(tail())).toEqual([]);
  });

  it('finds growth and the end by looking when every tick is lost', async () => {
    bus.deaf = true;
    const reading = all(tail());
    await delay(20);
    await write('unheard');
    ended = true;
    expect((await reading).map(({ data }) => data)).toEqual(['unheard']);
  });

  it('keeps a split character back until it is whole, and shows it as U+FFFD when the run ends without the rest', async () => {
    const bytes = Buffer.from('a€');
    await write(bytes.subarray(0, 2));
    const reader = tail();
    expect((await reader.next()).value).toMatchObject({ data: 'a', offset: 0, nextOffset: 1 });
    const next = reader.next();
    await delay(20);
    await write(bytes.subarray(2));
    expect((await next).value).toMatchObject({ data: '€', offset: 1, nextOffset: 4 });
    await write(bytes.subarray(1, 3));
    end();
    expect((await reader.next()).value).toMatchObject({ data: '\uFFFD', offset: 4, nextOffset: 6 });
    expect((await reader.next()).done).toBe(true);
  });

  it('gives at most 64 KiB at a time, with offsets that join', async () => {
    await write('ab€'.repeat(100_000));
    ended = true;
    const chunks = await all(tail({ fromOffset: 5 }));
    let offset = 5;
    for (const chunk of chunks) {
      expect(chunk.offset).toBe(offset);
      expect(chunk.nextOffset - chunk.offset).toBeLessThanOrEqual(65_536);
      offset = chunk.nextOffset;
    }
    expect(offset).toBe(500_000);
    expect(chunks.map(({ data }) => data).join('')).toBe('ab€'.repeat(99_999));
  });

  it('is woken by return() and by its signal while it waits', async () => {
    const returned = tail();
    const parked = returned.next();
    await delay(20);
    expect(bus.listeners).toBe(2);
    await returned.return!();
    expect(await parked).toEqual({ done: true, value: undefined });
    const abort = new AbortController();
    const aborted = tail({ signal: abort.signal }).next();
    await delay(20);
    abort.abort();
    expect((await aborted).done).toBe(true);
    expect(bus.listeners).toBe(0);
  });

  it('lets go of the bus when it is closed while it subscribes', async () => {
    const reader = tail();
    const first = reader.next();
    await reader.return!();
    expect((await first).done).toBe(true);
    expect(bus.listeners).toBe(0);
  });

  it.each([-1, Number.NaN, 1.5, 2 ** 53])('refuses %p as an offset', (fromOffset) => {
    expect(() => tail({ fromOffset })).toThrow(/byte offset/);
  });
});
