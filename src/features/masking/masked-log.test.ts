import { describe, expect, it } from '@jest/globals';
import { MaskedLog } from './masked-log.js';
import { Masker } from './masker.js';

const SECRET = 'a-secret-of-this-test';

/** On a log that holds something already; `fails` after so many bytes of its next append. */
function rig(before = '', fails = Infinity): { log: MaskedLog; held: () => string; marks: () => number } {
  let held = Buffer.from(before);
  let room = fails;
  let marks = 0;
  const below = {
    get size() {
      return held.length;
    },
    async append(offset: number, bytes: Buffer) {
      if (offset > held.length) throw new Error(`conflict at ${held.length}`);
      const fresh = bytes.subarray(held.length - offset);
      held = Buffer.concat([held, fresh.subarray(0, room)]);
      if (fresh.length > room) {
        room = Infinity;
        throw new Error('full');
      }
      return held.length;
    },
  };
  const onMasked = async (): Promise<void> => {
    if (before === '') expect(held.toString()).not.toContain('*');
    marks += 1;
  };
  const log = new MaskedLog(below, {
    masker: new Masker([SECRET]),
    trailingStars: async () => /\**$/.exec(held.toString())![0].length,
    onMasked,
  });
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

  it.each([1, 7, SECRET.length - 1])(
    'goes on masking a secret after %d of its bytes, where a server died',
    async (cut) => {
      const { log, held, marks } = rig(`one ${'*'.repeat(cut)}`);
      const from = 4 + cut;
      const left = SECRET.slice(cut);
      // Not enough to tell: nothing is taken.
      if (left.length > 1) expect(await log.append(from, Buffer.from(left.slice(0, -1)), false)).toBe(from);
      await log.append(from, Buffer.from(`${left} two ${SECRET} three\n`), true);
      expect(held()).toBe(`one ${'*'.repeat(SECRET.length)} two ${'*'.repeat(SECRET.length)} three\n`);
      expect(marks()).toBe(1);
    },
  );

  it('goes on masking a secret after an append that failed within it', async () => {
    const { log, held } = rig('', 9);
    const piece = Buffer.from(`one ${SECRET} two\n`);
    await expect(log.append(0, piece, false)).rejects.toThrow('full');
    expect(await log.append(9, piece.subarray(9), true)).toBe(piece.length);
    expect(held()).toBe(`one ${'*'.repeat(SECRET.length)} two\n`);
  });

  it('masks nothing after stars of the output itself, and what ends within a secret', async () => {
    const { log, held } = rig('**');
    await log.append(2, Buffer.from('bold** '), false);
    await log.append(9, Buffer.from('text\n'), true);
    expect(held()).toBe('**bold** text\n');
    const cut = rig('****');
    await cut.log.append(4, Buffer.from(SECRET.slice(4, 9)), true);
    expect(cut.held()).toBe('*********');
  });

  it('takes everything when nothing follows', async () => {
    const { log, held } = rig();
    expect(await log.append(0, Buffer.from(`end ${SECRET.slice(0, 3)}`), true)).toBe(7);
    expect(held()).toBe(`end ${SECRET.slice(0, 3)}`);
  });
});
