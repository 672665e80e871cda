import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryEventBus } from '../../adapters/event-bus/memory-event-bus.js';
import { newRunId, type RunId } from '../../kernel/ids.js';
import { topics } from '../../ports/event-bus.js';
import { LogFull, OffsetConflict, RunLogStore, StaleFence } from './index.js';
import { RunLogFence } from './run-log.fence.js';
import { FencedRunLogWriter } from './run-log.writer.js';

let folder: string;
let bus: MemoryEventBus;
let store: RunLogStore;
let runId: RunId;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-log-'));
  bus = new MemoryEventBus();
  store = new RunLogStore({ directory: path.join(folder, 'logs'), bus, maxBytes: 100 });
  runId = newRunId();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const text = async (): Promise<string> => (await store.read(runId, 0, 1000)).toString();

const announce = (): void => undefined;
const isDiskShort = async (): Promise<boolean> => false;

describe('the run log', () => {
  it('appends at its end, skips what it holds and names its true size when bytes are missing', async () => {
    const log = await store.openWriter(runId, 1);
    expect(await log.append(0, Buffer.from('abcdef'))).toBe(6);
    expect(await log.append(0, Buffer.from('abc'))).toBe(6);
    expect(await log.append(4, Buffer.from('efgh'))).toBe(8);
    await expect(log.append(9, Buffer.from('x'))).rejects.toMatchObject({ expected: 8 });
    await expect(log.append(9, Buffer.from('x'))).rejects.toBeInstanceOf(OffsetConflict);
    for (const offset of [-1, Number.NaN, 0.5, Infinity]) {
      await expect(log.append(offset, Buffer.from('x'))).rejects.toBeInstanceOf(OffsetConflict);
    }
    expect(await text()).toBe('abcdefgh');
    expect(log.size).toBe(8);
    await log.close();
  });

  it('puts appends that come at once one after the other', async () => {
    const log = await store.openWriter(runId, 1);
    await Promise.all(Array.from({ length: 50 }, (_, index) => log.append(index, Buffer.from([65 + (index % 26)]))));
    expect(await text()).toBe(
      Array.from({ length: 50 }, (_, index) => String.fromCharCode(65 + (index % 26))).join(''),
    );
    await log.close();
  });

  it('goes on at its size when it is opened again, and knows its digest', async () => {
    const first = await store.openWriter(runId, 1);
    await first.append(0, Buffer.from('abc'));
    await first.close();
    const second = await store.openWriter(runId, 2);
    expect(second.size).toBe(3);
    await second.append(3, Buffer.from('def'));
    await second.close();
    expect(await store.sha256(runId)).toBe(createHash('sha256').update('abcdef').digest('hex'));
  });

  it('refuses a stale owner, at its next append or when it opens', async () => {
    const stale = await store.openWriter(runId, 3);
    await stale.append(0, Buffer.from('abc'));
    const owner = await store.openWriter(runId, 4);
    await expect(stale.append(3, Buffer.from('STALE'))).rejects.toBeInstanceOf(StaleFence);
    await expect(store.openWriter(runId, 3)).rejects.toBeInstanceOf(StaleFence);
    await owner.append(3, Buffer.from('def'));
    await expect(stale.append(6, Buffer.from('STALE'))).rejects.toBeInstanceOf(StaleFence);
    expect(await text()).toBe('abcdef');
    await Promise.all([stale.close(), owner.close()]);
  });

  it('does not acknowledge bytes that were written while a later owner opened the log', async () => {
    const folderOfLogs = path.join(folder, 'logs');
    await (await store.openWriter(runId, 1)).close();
    const fence = await RunLogFence.take(path.join(folderOfLogs, `${runId}.fence`), 1);
    const file = await open(store.path(runId), 'r+');
    const write = file.write.bind(file) as (...all: unknown[]) => Promise<never>;
    let seen = -1;
    file.write = async (...all: unknown[]) => {
      const owner = await store.openWriter(runId, 2);
      seen = owner.size;
      await owner.close();
      return write(...all);
    };
    const stalled = new FencedRunLogWriter({ file, fence, ...{ size: 0, maxBytes: 100, isDiskShort, announce } });
    await expect(stalled.append(0, Buffer.from('abc'))).rejects.toBeInstanceOf(StaleFence);
    expect(seen).toBe(0);
    await stalled.close();
  });

  it('ends a long log while the disk has room for others, and no short one', async () => {
    const isDiskShort = async (): Promise<boolean> => true;
    await (await store.openWriter(runId, 1)).close();
    const fence = await RunLogFence.take(path.join(folder, 'logs', `${runId}.fence`), 1);
    const file = await open(store.path(runId), 'r+');
    const long = 8 * 1024 ** 2;
    const log = new FencedRunLogWriter({
      file,
      fence,
      ...{ size: long - 3, maxBytes: 2 * long, isDiskShort, announce },
    });
    expect(await log.append(long - 3, Buffer.from('abc'))).toBe(long);
    await expect(log.append(long, Buffer.from('d'))).rejects.toMatchObject({ name: 'LogFull', size: long });
    await log.close();
  });

  it('leaves the highest fence standing when many servers open it at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, fence) => store.openWriter(runId, fence)));
    const appended: number[] = [];
    for (const [fence, result] of results.entries()) {
      if (result.status === 'rejected') continue;
      await result.value.append(0, Buffer.from('x')).then(
        () => appended.push(fence),
        () => undefined,
      );
      await result.value.close();
    }
    expect(appended).toEqual([19]);
  });

  it('fills up to its cap and then refuses', async () => {
    const log = await store.openWriter(runId, 1);
    await log.append(0, Buffer.alloc(90, 'a'));
    await expect(log.append(90, Buffer.alloc(20, 'b'))).rejects.toBeInstanceOf(LogFull);
    expect(log.size).toBe(100);
    await expect(log.append(100, Buffer.from('c'))).rejects.toBeInstanceOf(LogFull);
    expect(await log.append(95, Buffer.from('bbbbb'))).toBe(100);
    expect(await text()).toBe('a'.repeat(90) + 'b'.repeat(10));
    await log.close();
  });

  it('announces each append and keeps its files to its owner', async () => {
    let ticks = 0;
    await bus.subscribe(topics.runLog(runId), () => (ticks += 1));
    const log = await store.openWriter(runId, 1);
    await log.append(0, Buffer.from('a'));
    await new Promise(setImmediate);
    expect(ticks).toBe(1);
    await log.close();
    for (const name of await readdir(path.join(folder, 'logs'))) {
      expect((await stat(path.join(folder, 'logs', name))).mode & 0o777).toBe(0o600);
    }
  });

  it('is empty before it exists and after its files were removed, which makes its writer stale', async () => {
    expect(await store.size(runId)).toBe(0);
    expect(await store.read(runId, 0, 10)).toHaveLength(0);
    expect(await store.sha256(runId)).toBe(createHash('sha256').digest('hex'));
    const log = await store.openWriter(runId, 1);
    await log.append(0, Buffer.from('abc'));
    expect(await store.read(runId, 7, 10)).toHaveLength(0);
    await rm(path.join(folder, 'logs'), { recursive: true });
    await expect(log.append(3, Buffer.from('d'))).rejects.toBeInstanceOf(StaleFence);
    await log.close();
    expect(await store.size(runId)).toBe(0);
  });

  it('takes no name that is not a run id', () => {
    expect(() => store.path('../../etc/passwd' as RunId)).toThrow(TypeError);
  });
});
