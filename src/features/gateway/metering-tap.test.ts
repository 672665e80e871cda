import { expect, it } from '@jest/globals';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { MeteringTap } from './metering-tap.js';
import { plainReader, type UsageReader } from './usage-reader.js';

it.each(['', 'gzip'])('shows a reader that fails nothing more, and goes on: packed %j', async (contentEncoding) => {
  let shown = 0;
  const reader: UsageReader = {
    findings: plainReader().findings,
    write: () => {
      shown += 1;
      throw new TypeError('an answer that nobody thought of');
    },
    end: () => (shown += 1),
  };
  const tap = new MeteringTap({ reader, contentEncoding, contentLength: undefined, onWhole: () => undefined });
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
    findings: plainReader().findings,
    write: (bytes) => (read += bytes.length),
    end: () => undefined,
  };
  const tap = new MeteringTap({ reader, contentEncoding, contentLength: undefined, onWhole: () => undefined });
  await tap.show(pack(Buffer.alloc(most + 8 * 1024 * 1024)));
  await tap.end();
  expect(read).toBeLessThanOrEqual(most);
  expect(read).toBeGreaterThan(most / 2);
});
