import { outsideTenants } from '../../kernel/tenant-scope.js';
import type { EventBus } from '../../ports/event-bus.js';

/** Ticks within one process. Listeners are called on a later turn, once for any number of ticks of the same turn. */
export class MemoryEventBus implements EventBus {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #pending = new Set<string>();

  publish(topic: string): void {
    if (!this.#listeners.has(topic) || this.#pending.has(topic)) return;
    this.#pending.add(topic);
    const tell = (): void => {
      this.#pending.delete(topic);
      for (const listener of this.#listeners.get(topic) ?? []) listener();
    };
    // Whoever hears a tick works for nobody yet, as when it comes over Redis.
    outsideTenants(() => setImmediate(tell));
  }

  subscribe(topic: string, listener: () => void): Promise<() => void> {
    // A listener of its own for each subscription: the same function may subscribe twice.
    const own = (): void => listener();
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(own));
    return Promise.resolve(() => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    });
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}
