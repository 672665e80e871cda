import { describe, expect, it } from '@jest/globals';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { RunWatch } from './run-watch.js';
import { TriageRunEntity } from './triage-run.entity.js';

class OneTopicBus implements EventBus {
  readonly listeners = new Set<() => void>();
  publish(): void {
    for (const listener of this.listeners) listener();
  }
  subscribe(topic: string, listener: () => void): Promise<() => void> {
    expect(topic).toBe(topics.run('r'));
    this.listeners.add(listener);
    return Promise.resolve(() => void this.listeners.delete(listener));
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function watched(lookMs = 60_000) {
  const bus = new OneTopicBus();
  const run = Object.assign(new TriageRunEntity(), { state: 'QUEUED' });
  const watch = new RunWatch({ runId: 'r', bus, lookMs, read: async () => Object.assign(new TriageRunEntity(), run) });
  return { bus, run, watch };
}

describe('RunWatch', () => {
  it('yields the present state, each change at its tick, and ends after the end', async () => {
    const { bus, run, watch } = watched();
    expect((await watch.next()).value).toMatchObject({ state: 'QUEUED' });
    const changed = watch.next();
    run.state = 'RUNNING';
    bus.publish();
    expect((await changed).value).toMatchObject({ state: 'RUNNING' });
    run.state = 'SUCCEEDED';
    bus.publish();
    expect((await watch.next()).value).toMatchObject({ state: 'SUCCEEDED' });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(bus.listeners.size).toBe(0);
  });

  it('says nothing at a tick that changed nothing', async () => {
    const { bus, run, watch } = watched();
    await watch.next();
    const next = watch.next();
    bus.publish();
    await new Promise((resolve) => setImmediate(resolve));
    run.state = 'FAILED';
    bus.publish();
    expect((await next).value).toMatchObject({ state: 'FAILED' });
  });

  it('finds a change whose tick was lost', async () => {
    const { run, watch } = watched(5);
    await watch.next();
    const next = watch.next();
    run.state = 'CANCELLED';
    expect((await next).value).toMatchObject({ state: 'CANCELLED' });
  });

  it('wakes a parked next() when it is returned', async () => {
    const { bus, watch } = watched();
    await watch.next();
    const parked = watch.next();
    await new Promise((resolve) => setImmediate(resolve));
    await watch.return();
    expect(await parked).toEqual({ done: true, value: undefined });
    expect(bus.listeners.size).toBe(0);
  });

  it('passes on what reading throws, once, and is over', async () => {
    const bus = new OneTopicBus();
    const watch = new RunWatch({ runId: 'r', bus, read: () => Promise.reject(new Error('away')) });
    await expect(watch.next()).rejects.toThrow('away');
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });
});
