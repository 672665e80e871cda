import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { GetEventsOptions } from 'dockerode';
import type { Logger } from 'pino';
import type { RunId } from '../../kernel/ids.js';
import type { ContainerHandle, ContainerListener } from '../../ports/container-runtime.js';
import { RUN_LABEL } from './docker-container-options.js';
import type { DockerEngine } from './docker-engine.js';

/** How often who waits looks by itself: while the engine tells, and while it does not. */
const LOOK_MS = 5_000;
const LOOK_UNTOLD_MS = 1_000;
/** After an event that the engine's own answers do not show yet. */
const LOOK_AGAIN_MS = 100;
const REOPEN_MS = 1_000;

/** What is listened to, by the engine's names. */
const CHANGES = { start: 'started', die: 'ended', destroy: 'removed' } as const;

/** What is read of one of the engine's events. */
interface DockerEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

export interface DockerEventsOptions {
  readonly engine: DockerEngine;
  /** Of the containers to be told of. */
  readonly label: string;
  readonly logger: Logger;
}

/** Wakes who waits for one container. */
export interface ContainerTicks {
  /** Resolves when something happened to it since the last call, when it is time to look, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * The engine's word that a container has started, ended or is gone, over one connection for all of them, opened anew when it
 * breaks. It is best effort, as ticks are: who hears one looks, and who hears none looks now and then.
 */
export class DockerEvents {
  readonly #waiting = new Map<ContainerHandle, Set<() => void>>();
  readonly #listeners = new Set<ContainerListener>();
  readonly #closed = new AbortController();
  #following: Promise<void> | undefined;
  #isTold = false;

  constructor(private readonly options: DockerEventsOptions) {}

  /** Of one container, from now on. */
  of(handle: ContainerHandle): ContainerTicks {
    this.#following ??= this.#follow();
    let wake: (() => void) | undefined;
    let ticked = false;
    let wasTicked = false;
    const onTick = (): void => {
      ticked = true;
      wake?.();
    };
    const waiting = this.#waiting.get(handle) ?? new Set();
    this.#waiting.set(handle, waiting.add(onTick));
    return {
      next: async (signal) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const onAbort = (): void => resolve();
        signal.addEventListener('abort', onAbort, { once: true });
        const timer = setTimeout(resolve, wasTicked ? LOOK_AGAIN_MS : this.#isTold ? LOOK_MS : LOOK_UNTOLD_MS);
        if (!ticked && !signal.aborted) await promise;
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        [wasTicked, ticked, wake] = [ticked, false, undefined];
      },
      close: () => {
        waiting.delete(onTick);
        if (waiting.size === 0) this.#waiting.delete(handle);
      },
    };
  }

  /** Told of what happens to any of them. */
  listen(listener: ContainerListener): () => void {
    this.#following ??= this.#follow();
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        this.options.logger.debug({ err: error }, 'the engine tells of no events');
      }
      this.#isTold = false;
      await delay(REOPEN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #read(): Promise<void> {
    const { engine, label } = this.options;
    const filters = { type: ['container' as const], event: Object.keys(CHANGES), label: [label] };
    const options: GetEventsOptions & { abortSignal?: AbortSignal } = { filters };
    const stream = await engine.stream(
      (abortSignal) => engine.docker.getEvents({ ...options, abortSignal }),
      this.#closed.signal,
    );
    this.#isTold = true;
    // What happened before nobody told.
    for (const handle of this.#waiting.keys()) this.#wake(handle);
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) this.#tell(line);
  }

  #tell(line: string): void {
    const { Action, Actor } = JSON.parse(line) as DockerEvent;
    if (Actor?.ID !== undefined) this.#wake(Actor.ID);
    const runId = Actor?.Attributes?.[RUN_LABEL];
    const change = CHANGES[Action as keyof typeof CHANGES] as (typeof CHANGES)[keyof typeof CHANGES] | undefined;
    if (runId === undefined || change === undefined) return;
    for (const listener of this.#listeners) listener(runId as RunId, change);
  }

  #wake(handle: ContainerHandle): void {
    for (const wake of this.#waiting.get(handle) ?? []) wake();
  }
}
