import { describe, expect, it } from '@jest/globals';
import { MaskedLog } from './masked-log.js';
import { Masker } from './masker.js';

const SECRET = 'a-secret-of-this-test';

function rig(): { log: MaskedLog; held: () => string; marks: () => number } {
  let held = Buffer.alloc(0);
  let marks = 0;
  const below = {
    get size() {
      return held.length;
    },
    async append(offset: number, bytes: Buffer) {
      if (offset > held.length) throw new Error(`conflict at ${held.length}`);
      held = Buffer.concat([held, bytes.subarray(held.length - offset)]);
      return held.length;
    },
  };
  const onMasked = async (): Promise<void> => {
    expect(held.toString()).not.toContain('*');
    marks += 1;
  };
  const log = new MaskedLog(below, { masker: new Masker([SECRET]), onMasked });
  return { log, held: () => held.toString(), marks: () => marks };
}

describe('MaskedLog', () => {
  it('takes what is decided, and the rest when it comes again', async () => {
    const { log, held, marks } = rig();
    expect(await log.append(0, Buffer.from(`line\n${SECRET.slice(0, 5)}`), false)).toBe(5);
    expect([held(), marks()]).toEqual(['line\n', 0]);
    expect(await log.append(5, Buffer.from(`${SECRET}\n`), false)).toBe(5 + SECRET.length + 1);
    expect([held(), marks()]).toEqual([`line\n${'*'.repeat(SECRET.length)}\n`, 1]);
  });

  it('skips what it holds, so that a piece sent twice, or at once by two, is written once', async () => {
    const { log, held } = rig();
    const piece = Buffer.from(`one ${SECRET} two\n`);
    await Promise.all([log.append(0, piece, false), log.append(0, piece, false)]);
    await log.append(0, piece, true);
    expect(held()).toBe(`one ${'*'.repeat(SECRET.length)} two\n`);
  });

  it('leaves a gap to the log to refuse', async () => {
    await expect(rig().log.append(7, Buffer.from('x'), false)).rejects.toThrow('conflict at 0');
  });

  it('takes everything when nothing follows', async () => {
    const { log, held } = rig();
    expect(await log.append(0, Buffer.from(`end ${SECRET.slice(0, 3)}`), true)).toBe(7);
    expect(held()).toBe(`end ${SECRET.slice(0, 3)}`);
  });
});
