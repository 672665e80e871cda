import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interruptions } from './interruption.js';

describe('Interruptions', () => {
  it('takes a signal that comes twice at once, as npm has it, for one; a later one is another', async () => {
    using interruptions = new Interruptions();
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGINT', 'SIGINT');
    await interruptions.arrived;
    expect([interruptions.take(), interruptions.take()]).toEqual(['SIGINT', undefined]);
    await sleep(300);
    process.emit('SIGTERM', 'SIGTERM');
    await interruptions.arrived;
    expect(interruptions.take()).toBe('SIGTERM');
  });

  it('waits for the next after the last was taken, and lets go of the process', async () => {
    const before = process.listenerCount('SIGINT');
    {
      using interruptions = new Interruptions();
      expect(process.listenerCount('SIGINT')).toBe(before + 1);
      interruptions.put('SIGINT');
      expect(interruptions.take()).toBe('SIGINT');
      const next = await Promise.race([interruptions.arrived.then(() => 'arrived'), sleep(20, 'nothing')]);
      expect(next).toBe('nothing');
    }
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
