import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunRig } from '../../tests/testkit/run-rig.js';

jest.setTimeout(120_000);
let rig: RunRig;
afterEach(() => rig.close());

const TOTAL_BYTES = 50 * 1024 * 1024;

/** Prints, in writes that split characters, long lines, NUL, invalid bytes and no last newline; notes its own digest. */
const PRODUCER = `
const { createHash } = require('node:crypto');
const { writeSync, writeFileSync } = require('node:fs');
const hash = createHash('sha256');
const put = (bytes) => { hash.update(bytes); for (let at = 0; at < bytes.length; ) at += writeSync(1 + (at % 2), bytes, at); };
const patterns = ['short line ß\\n', '\\u0000', '€'.repeat(700), '😀', 'x'.repeat(100000) + '\\n'].map((text) => Buffer.from(text));
patterns.push(Buffer.from([0xff, 0xc3, 0xe2, 0x82, 0xf0, 0x9f]));
put(Buffer.concat([Buffer.alloc(10 * 1024 * 1024, 'a line of 10 MiB '), Buffer.from('\\n')]));
let left = ${TOTAL_BYTES} - 10 * 1024 * 1024 - 1;
for (let seed = 1; left > 0; ) {
  seed = (seed * 48271) % 2147483647;
  const filler = Buffer.concat(Array.from({ length: 1 + (seed % 40) }, (_, i) => patterns[(seed + i * i) % patterns.length]));
  const bytes = filler.subarray(0, Math.min(left, 1 + (seed % filler.length)));
  left -= bytes.length;
  put(bytes);
}
writeFileSync(process.argv[1], hash.digest('hex'));
`;

async function startProducer(): Promise<{ exited: Promise<number | null>; digest: () => Promise<string> }> {
  const script = path.join(rig.folder, 'producer.cjs');
  const digestFile = path.join(rig.folder, 'digest');
  await writeFile(script, PRODUCER.replace('process.argv[1]', JSON.stringify(digestFile)));
  const bootstrap = rig.bootstrap();
  Object.assign(rig, { bootstrap: () => ({ ...bootstrap, command: [process.execPath, script] }) });
  return { exited: rig.startInit().exited, digest: () => readFile(digestFile, 'utf8') };
}

async function tailDigest(): Promise<string> {
  const hash = createHash('sha256');
  for await (const { data } of rig.tail(0)) hash.update(data, 'base64');
  return hash.digest('hex');
}

/** Leaves after some chunks, and comes back where it stopped or before, dropping what it has. */
async function restlessDigest(seed: number): Promise<string> {
  const hash = createHash('sha256');
  let random = seed;
  const roll = (sides: number): number => (random = (random * 48271) % 2147483647) % sides;
  let held = 0;
  for (let finished = false; !finished;) {
    let chunksLeft = 1 + roll(120);
    finished = true;
    for await (const { offset, nextOffset, data } of rig.tail(Math.max(0, held - roll(100_000)))) {
      const fresh = Buffer.from(data, 'base64').subarray(held - offset);
      if (nextOffset > held) {
        hash.update(fresh);
        held = nextOffset;
      }
      if (--chunksLeft === 0) {
        finished = false;
        break;
      }
    }
  }
  return hash.digest('hex');
}

describe('50 MiB of hostile output', () => {
  it('has the same digest at the producer, in the log and at live, late and reconnecting tails', async () => {
    rig = await RunRig.create();
    await rig.open();
    const producer = await startProducer();
    const live = Promise.all([tailDigest(), restlessDigest(7), restlessDigest(1234567)]);
    expect(await producer.exited).toBe(0);
    const digest = await producer.digest();
    expect(await rig.store.size(rig.runId)).toBe(TOTAL_BYTES);
    expect(rig.reports[0]).toMatchObject({ outputBytes: TOTAL_BYTES, outputSha256: digest });
    expect(await rig.store.sha256(rig.runId)).toBe(digest);
    expect(await live).toEqual([digest, digest, digest]);
    expect(await tailDigest()).toBe(digest);
  });

  it('keeps its digest when the server is cut off in the middle of requests and comes back, many times', async () => {
    rig = await RunRig.create();
    await rig.open();
    const producer = await startProducer();
    const live = tailDigest();
    let cuts = 0;
    for (let size = 0; rig.reports.length === 0;) {
      await delay(5);
      if (rig.log!.size - size < 4 * 1024 * 1024 || cuts === 8) continue;
      const stale = rig.log!;
      const staleChannel = rig.channel!;
      if (cuts % 2 === 0) await rig.cut();
      size = stale.size;
      await delay(30);
      await rig.open();
      // On odd rounds the old server still lives when the new one comes, and is found stale.
      await staleChannel.close();
      await stale.close();
      cuts += 1;
    }
    expect(await producer.exited).toBe(0);
    const digest = await producer.digest();
    expect(cuts).toBeGreaterThanOrEqual(5);
    expect(rig.reports).toHaveLength(1);
    expect(rig.reports[0]!.outputSha256).toBe(digest);
    expect(await rig.store.sha256(rig.runId)).toBe(digest);
    expect(await live).toBe(digest);
  });
});
