import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ModelResponse } from '../../ports/model-upstream.js';

/**
 * One request's answer, as undici tells of it. `undici.request` would do, but all that it makes of a request outlives it until
 * the next full garbage collection, as all does here once a field holds a closure (V8 13.6): scavenging it took a fifth of the
 * gateway's time.
 */
export class DispatchedAnswer implements Dispatcher.DispatchHandler {
  readonly #head = Promise.withResolvers<ModelResponse>();
  #controller: Dispatcher.DispatchController | undefined;
  #body: Readable | undefined;
  #isWhole = false;

  constructor(private readonly signal: AbortSignal) {
    // The signal is of this request alone, so it goes with it.
    signal.addEventListener('abort', () => this.#fail(signal.reason as Error), { once: true });
    if (signal.aborted) this.#fail(signal.reason as Error);
  }

  /** Resolves when the answer begins; rejects when there is none, and as soon as the signal aborts. */
  get head(): Promise<ModelResponse> {
    return this.#head.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The connection may have taken its time.
    if (this.signal.aborted) controller.abort(this.signal.reason as Error);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#body = new Readable({
      read: () => {
        if (controller.paused) controller.resume();
      },
      destroy: (error, done) => {
        if (!this.#isWhole) controller.abort(error ?? new Error('the answer was not read to its end'));
        done(error);
      },
    });
    this.#head.resolve({ status, headers: flatten(headers), body: this.#body });
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#body?.push(bytes) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.#isWhole = true;
    this.#body?.push(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #fail(error: Error): void {
    this.#head.reject(error);
    this.#controller?.abort(error);
    // Whoever reads it hears of it by its end; whoever does not need not.
    this.#body?.on('error', () => undefined).destroy(error);
  }
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
