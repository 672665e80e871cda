import { describe, expect, it } from '@jest/globals';
import { TriagedError } from '../../kernel/errors.js';
import { RunKey } from './run-key.js';

const away = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
const revoked = () => Promise.reject(new TriagedError('CREDENTIAL_REVOKED', 'revoked'));
const unreadable = () => Promise.reject(new TriagedError('CREDENTIAL_UNREADABLE', 'does not open'));

const keyThatReads = (...answers: (() => Promise<string>)[]): RunKey => new RunKey(() => answers.shift()!());

describe('the key of a run', () => {
  it('is read anew for each call, and none once it was revoked', async () => {
    const key = keyThatReads(async () => 'a-key', revoked, away);
    expect(await key.current()).toBe('a-key');
    expect(await key.current()).toBeUndefined();
    await expect(key.current()).rejects.toThrow('ECONNREFUSED');
  });

  it('stays what it was while the database is away', async () => {
    const key = keyThatReads(async () => 'a-key', away, revoked);
    expect(await key.current()).toBe('a-key');
    expect(await key.current()).toBe('a-key');
    expect(await key.current()).toBeUndefined();
  });

  it('is an error when it does not open', async () => {
    await expect(keyThatReads(unreadable).current()).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' });
  });
});
