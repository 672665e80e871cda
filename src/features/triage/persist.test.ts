import { describe, expect, it } from '@jest/globals';
import { ofDatabase } from '../../kernel/database-errors.js';
import { persist } from './persist.js';

const away = () => ofDatabase(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
const never = new AbortController().signal;

describe('what is written while the database may be away', () => {
  it('is written when it is back', async () => {
    let tries = 0;
    const write = () => ((tries += 1) < 2 ? Promise.reject(away()) : Promise.resolve('written'));
    expect(await persist(write, never)).toBe('written');
    expect(tries).toBe(2);
  });

  it('is not tried again for another fault', async () => {
    let tries = 0;
    const write = () => {
      tries += 1;
      return Promise.reject(new Error('a constraint'));
    };
    await expect(persist(write, never)).rejects.toThrow('a constraint');
    expect(tries).toBe(1);
  });

  it('is given up with the reason of who lets go, at once and without another try', async () => {
    const letGo = new AbortController();
    let tries = 0;
    const writing = persist(() => {
      tries += 1;
      setTimeout(() => letGo.abort(new Error('the run was let go')), 10);
      return Promise.reject(away());
    }, letGo.signal);
    await expect(writing).rejects.toThrow('the run was let go');
    expect(tries).toBe(1);
    await expect(persist(() => Promise.resolve(1), letGo.signal)).rejects.toThrow('the run was let go');
  });
});
