import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { EventBus } from '../../ports/event-bus.js';
import { connectRedis, SILENCE_MS } from '../redis/connect-redis.js';

const PREFIX = 'triaged:';
const PATIENCE_MS = 1000;

/**
 * Ticks between servers over Redis' pub/sub. Two connections, because one that subscribes can do nothing else.
 *
 * INVARIANT: whenever the subscribing connection comes up, it subscribes to every topic with a listener and then tells
 * each listener one tick, for those that went by meanwhile. Hence a subscription may be taken while Redis is away.
 */
export class RedisEventBus implements EventBus {
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #logger: Logger;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #pings: NodeJS.Timeout;
  /** Resolves when the subscriptions of the current or the next connection stand. */
  #up = Promise.withResolvers<undefined>();

  constructor({ url, logger }: { readonly url: string; readonly logger: Logger }) {
    this.#logger = logger;
    const connect = (): Redis => connectRedis(url, (error) => this.#warn(error), { autoResubscribe: false });
    // A tick that cannot be sent now is worth nothing later.
    [this.#publisher, this.#subscriber] = [connect(), connect()];
    this.#subscriber.on('message', (channel: string) => this.#tell(channel));
    this.#subscriber.on('close', () => (this.#up = Promise.withResolvers()));
    this.#subscriber.on('ready', () => void this.#subscribeAll());
    // What notices a connection that died without a word.
    this.#pings = setInterval(() => {
      for (const connection of [this.#publisher, this.#subscriber]) {
        if (connection.status === 'ready') connection.ping().catch((error: unknown) => this.#warn(error));
      }
    }, SILENCE_MS).unref();
  }

  publish(topic: string): void {
    this.#publisher.publish(PREFIX + topic, '').catch(() => undefined);
  }

  /** While Redis is away it resolves after a second: the subscription stands, and is made good later. */
  async subscribe(topic: string, listener: () => void): Promise<() => void> {
    const channel = PREFIX + topic;
    const own = (): void => listener();
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(own));
    // Asked for also when another listener did before: its answer may still be under way.
    if (this.#subscriber.status === 'ready')
      await this.#subscriber.subscribe(channel).catch((error: unknown) => this.#warn(error));
    else await this.#untilUp();
    return () => {
      listeners.delete(own);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      // When the connection is gone, so is the subscription.
      this.#subscriber.unsubscribe(channel).catch(() => undefined);
    };
  }

  close(): Promise<void> {
    clearInterval(this.#pings);
    this.#listeners.clear();
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
    return Promise.resolve(undefined);
  }

  async #subscribeAll(): Promise<void> {
    const { resolve } = this.#up;
    const channels = [...this.#listeners.keys()];
    try {
      if (channels.length > 0) await this.#subscriber.subscribe(...channels);
      resolve(undefined);
      for (const channel of channels) this.#tell(channel);
    } catch (error) {
      this.#warn(error);
      this.#subscriber.disconnect(true);
    }
  }

  async #untilUp(): Promise<void> {
    const patience = Promise.withResolvers<undefined>();
    const timer = setTimeout(patience.resolve, PATIENCE_MS, undefined);
    await Promise.race([this.#up.promise, patience.promise]);
    clearTimeout(timer);
  }

  #tell(channel: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener();
  }

  #warn(error: unknown): void {
    this.#logger.warn({ err: error }, 'the event bus has no connection to Redis');
  }
}
