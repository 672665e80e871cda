import { describe, expect, it } from '@jest/globals';
import { EventIds } from './event-id.js';

describe('EventIds', () => {
  it('are UUIDs of version 7 that bear their time', () => {
    const ids = new EventIds(() => Date.UTC(2026, 10, 21));
    const id = ids.next();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 10, 21));
  });

  it('rise without an exception, however many there are in a millisecond and when the clock goes back', () => {
    let now = 1_000_000;
    const ids = new EventIds(() => now);
    const made = Array.from({ length: 10_000 }, () => ids.next() as string);
    now -= 500;
    made.push(ids.next());
    now += 10_000;
    made.push(ids.next());
    expect(made).toEqual([...new Set(made)].sort());
  });
});
