import { expect, it } from '@jest/globals';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { CallMemory } from './call-memory.js';
import { MeteringTap } from './metering-tap.js';
import { eventReader, objectReader, plainReader, type UsageReader } from './usage-reader.js';

const room = new CallMemory().shareOf('a run');

it.each(['', 'gzip'])('shows a reader that fails nothing more, and goes on: packed %j', async (contentEncoding) => {
  let shown = 0;
  const reader: UsageReader = {
    ...plainReader(),
    write: () => {
      shown += 1;
      throw new TypeError('an answer that nobody thought of');
    },
    end: () => (shown += 1),
  };
  const tap = new MeteringTap({ reader, room, contentEncoding, contentLength: undefined, onWhole: () => undefined });
  const bytes = contentEncoding === 'gzip' ? gzipSync('{}') : Buffer.from('{}');
  await tap.show(bytes);
  if (contentEncoding === '') await tap.show(bytes);
  await tap.end();
  expect(shown).toBe(1);
});

it.each([
  ['gzip', gzipSync],
  ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ['zstd', zstdCompressSync],
] as const)('unpacks at most 64 MiB of an answer packed with %s', async (contentEncoding, pack) => {
  const most = 64 * 1024 * 1024;
  let read = 0;
  const reader: UsageReader = {
    ...plainReader(),
    write: (bytes) => (read += bytes.length),
    end: () => undefined,
  };
  const tap = new MeteringTap({ reader, room, contentEncoding, contentLength: undefined, onWhole: () => undefined });
  await tap.show(pack(Buffer.alloc(most + 8 * 1024 * 1024)));
  await tap.end();
  expect(read).toBeLessThanOrEqual(most);
  expect(read).toBeGreaterThan(most / 2);
});

const MIB = 1024 * 1024;

it.each([
  ['an object', () => objectReader(() => undefined), '{"text":"'],
  ['an event', () => eventReader(() => undefined), 'data: '],
] as const)('keeps of %s what its run has room for, and lets go of it with the first byte more', (_, open, begin) => {
  const memory = new CallMemory();
  const taps = Array.from({ length: 12 }, () => {
    const reader = open();
    const share = memory.shareOf('a run');
    const tap = new MeteringTap({
      ...{ reader, room: share, contentEncoding: '', contentLength: undefined, onWhole: () => undefined },
    });
    void tap.show(Buffer.from(begin));
    return { reader, share, tap };
  });
  const held = (): number => taps.reduce((sum, { reader }) => sum + reader.held, 0);
  for (let pieces = 0; pieces < 15; pieces += 1) {
    for (const { tap } of taps) void tap.show(Buffer.alloc(MIB / 2, 'x'));
    expect(held()).toBeLessThan(66 * MIB);
  }
  expect(held()).toBeGreaterThan(0);
  const other = memory.shareOf('a run');
  for (const { share } of taps) share.giveBack();
  expect(other.take(64 * MIB)).toBe(true);
});

it('gives back the memory of an event when it has ended, and reads short ones without any', () => {
  const memory = new CallMemory();
  const share = memory.shareOf('a run');
  let events = 0;
  const reader = eventReader(() => (events += 1));
  const tap = new MeteringTap({
    ...{ reader, room: share, contentEncoding: '', contentLength: undefined, onWhole: () => undefined },
  });
  void tap.show(Buffer.from(`data: ${'x'.repeat(2 * MIB)}`));
  expect(memory.shareOf('a run').take(64 * MIB)).toBe(false);
  void tap.show(Buffer.from('\n\n'));
  expect(memory.shareOf('a run').take(64 * MIB)).toBe(true);
  void tap.show(Buffer.from(`data: ${'x'.repeat(10_000)}\n\n`));
  expect(events).toBe(2);
});

it.each([
  ['br', brotliCompressSync(Buffer.alloc(20 * MIB), { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }), 3],
  ['zstd', zstdCompressSync(Buffer.alloc(20 * MIB), { params: { [constants.ZSTD_c_windowLog]: 23 } }), 7],
  // Its windows are small, however much is packed.
  ['gzip', gzipSync(Buffer.alloc(MIB)), 12],
] as const)(
  'unpacks so many answers at once of %s as their run has room for windows',
  async (contentEncoding, packed, most) => {
    const memory = new CallMemory();
    const open = () => {
      const share = memory.shareOf('a run');
      const unpacked = { bytes: 0 };
      const reader: UsageReader = { ...plainReader(), write: (bytes) => void (unpacked.bytes += bytes.length) };
      const tap = new MeteringTap({
        ...{ reader, room: share, contentEncoding, contentLength: undefined, onWhole: () => undefined },
      });
      return { share, unpacked, tap };
    };
    const opened = Array.from({ length: 12 }, open);
    // A few bytes, of which the last ones do not come.
    for (const { tap } of opened) await tap.show(packed.subarray(0, -4));
    expect(opened.filter(({ unpacked }) => unpacked.bytes > 0)).toHaveLength(most);
    for (const { share, tap } of opened) {
      tap.close();
      share.giveBack();
    }
    expect(memory.shareOf('a run').take(64 * MIB)).toBe(true);
  },
);
