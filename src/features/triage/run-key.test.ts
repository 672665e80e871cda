import { describe, expect, it } from '@jest/globals';
import { ofDatabase } from '../../kernel/database-errors.js';
import { TriagedError } from '../../kernel/errors.js';
import { RunKey } from './run-key.js';

const known = async () => 'a-key';
const away = () =>
  Promise.reject(ofDatabase(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })));
const revoked = () => Promise.reject(new TriagedError('CREDENTIAL_REVOKED', 'revoked'));
const unreadable = () => Promise.reject(new TriagedError('CREDENTIAL_UNREADABLE', 'does not open'));

/** Each answer serves one read, in turn; the clock stands still unless `passes` moves it. */
function keyThatReads(...answers: (() => Promise<string>)[]) {
  let now = 0;
  const key = new RunKey(
    () => answers.shift()!(),
    () => now,
  );
  return { key, passes: (ms: number) => void (now += ms), unread: () => answers.length };
}

describe('the key of a run', () => {
  it('is read once a second, however many calls there are', async () => {
    const { key, passes, unread } = keyThatReads(known, known, known);
    for (let call = 0; call < 100; call += 1) expect(await key.current()).toBe('a-key');
    expect(unread()).toBe(2);
    passes(1000);
    expect(await key.current()).toBe('a-key');
    expect(unread()).toBe(1);
  });

  it('is none from the tick of its revocation on, for good', async () => {
    const { key, passes } = keyThatReads(known, revoked, known);
    expect(await key.current()).toBe('a-key');
    key.tick();
    expect(await key.current()).toBeUndefined();
    passes(60_000);
    expect(await key.current()).toBeUndefined();
  });

  it('is none a second after its revocation when the tick was lost', async () => {
    const { key, passes } = keyThatReads(known, revoked);
    await key.current();
    passes(1000);
    expect(await key.current()).toBeUndefined();
  });

  it('is read again when the tick came while it was read', async () => {
    const slow = Promise.withResolvers<string>();
    const { key } = keyThatReads(() => slow.promise, revoked);
    const before = key.current();
    key.tick();
    slow.resolve('a-key');
    expect(await before).toBe('a-key');
    expect(await key.current()).toBeUndefined();
  });

  it('is none when a slow read of it ends after another has seen its revocation', async () => {
    const slow = Promise.withResolvers<string>();
    const { key } = keyThatReads(() => slow.promise, revoked);
    const before = key.current();
    expect(await key.current()).toBeUndefined();
    slow.resolve('a-key');
    expect(await before).toBeUndefined();
    expect(await key.current()).toBeUndefined();
  });

  it('stays what it was while the database is away', async () => {
    const { key, passes } = keyThatReads(known, away, revoked);
    expect(await key.current()).toBe('a-key');
    passes(1000);
    expect(await key.current()).toBe('a-key');
    expect(await key.current()).toBeUndefined();
  });

  it('is an error when it does not open', async () => {
    await expect(keyThatReads(unreadable).key.current()).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' });
  });
});
