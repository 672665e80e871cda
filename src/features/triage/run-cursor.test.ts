import { describe, expect, it } from '@jest/globals';
import { newRunId } from '../../kernel/ids.js';
import { decodeCursor, encodeCursor } from './run-cursor.js';

describe('a cursor', () => {
  const position = { createdAt: new Date('2026-11-20T19:00:00.123Z'), id: newRunId() };

  it('comes back as it went', () => {
    expect(decodeCursor('after', encodeCursor(position))).toEqual(position);
  });

  it.each([
    '',
    'x',
    Buffer.from('0').toString('base64url'),
    Buffer.from(`-1/${position.id}`).toString('base64url'),
    Buffer.from(`1e3/${position.id}`).toString('base64url'),
    Buffer.from("1/' OR 1=1").toString('base64url'),
    `${encodeCursor(position)}=`,
    encodeCursor(position).slice(0, -1),
    Buffer.from(`99999999999999/${position.id}`).toString('base64url'),
  ])('is refused when it was forged: %j', (cursor) => {
    expect(() => decodeCursor('after', cursor)).toThrow(/no cursor/);
  });
});
