import { describe, expect, it } from '@jest/globals';
import { smallSchema } from '../../tests/testkit/small-server.js';
import { TriagedError } from '../kernel/errors.js';
import { DocumentPreparer } from './document-preparer.js';

const refusing = (): never => {
  throw new TriagedError('RATE_LIMITED', 'The quota is used up.');
};
const messagesOf = (prepared: ReturnType<DocumentPreparer['prepare']>): string[] =>
  'faults' in prepared ? prepared.faults.map(({ message }) => message) : [];

describe('preparing a document', () => {
  it('asks the gate before it validates, and keeps nothing of what was refused', () => {
    const preparer = new DocumentPreparer(smallSchema());
    const refused = preparer.prepare('{ whoami }', refusing);
    expect(refused).toMatchObject({ refused: true });
    expect(messagesOf(preparer.prepare('{ nothing }', refusing))).toEqual(['The quota is used up.']);
    expect(messagesOf(preparer.prepare('{ nothing }'))).toEqual([expect.stringContaining('nothing')]);
    expect(preparer.prepare('{ whoami }')).toHaveProperty('document');
  });

  it('asks the gate for what it remembers too', () => {
    const preparer = new DocumentPreparer(smallSchema());
    const first = preparer.prepare('{ whoami }');
    expect(preparer.prepare('{ whoami }', refusing)).toMatchObject({ refused: true });
    expect(preparer.prepare('{ whoami }')).toBe(first);
  });

  it('forgets what was used longest ago, but never what is pinned', () => {
    const preparer = new DocumentPreparer(smallSchema(), (text) => text === '{ whoami }');
    const [pinned, other] = [preparer.prepare('{ whoami }'), preparer.prepare('{ other: whoami }')];
    for (let n = 0; n < 600; n += 1) preparer.prepare(`{ a${n}: whoami }`);
    expect(preparer.prepare('{ whoami }')).toBe(pinned);
    expect(preparer.prepare('{ other: whoami }')).not.toBe(other);
  });

  it('does not ask the gate about what cannot be read or is too large', () => {
    const preparer = new DocumentPreparer(smallSchema());
    for (const text of ['{', `{ ${'a '.repeat(501)} }`]) {
      expect(preparer.prepare(text, refusing)).not.toHaveProperty('refused');
    }
  });
});
