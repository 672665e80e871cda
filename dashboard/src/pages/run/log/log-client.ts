import workerUrl from './log-worker.ts?worker&url';
import { EMPTY_LOG, type LogAnswer, type LogCalls, type LogState, type OpenLog } from './log-protocol.js';

type Call = keyof LogCalls;
type ValueOf<Name extends Call> = Awaited<ReturnType<LogCalls[Name]>>;

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): unknown;
  };
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };

/** The one script address that the content security policy lets us name: no text of ours or of an agent's gets there. */
const policy = trustedTypes?.createPolicy('log-worker', { createScriptURL: () => workerUrl });

/** A log in its worker. */
export class LogClient {
  readonly #worker = new Worker((policy ? policy.createScriptURL(workerUrl) : workerUrl) as string, { type: 'module' });
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Set<() => void>();
  #state = EMPTY_LOG;
  #nextId = 0;

  constructor(open: OpenLog) {
    this.#worker.onmessage = ({ data }: MessageEvent<LogAnswer>) => this.#take(data);
    this.#worker.onerror = () =>
      this.#take({
        state: { ...this.#state, failure: 'The log cannot be read in this browser. Load the page again.' },
      });
    this.#worker.postMessage({ open });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): LogState => this.#state;

  /** Rejects with what the worker says went wrong; never answers once closed. */
  call<Name extends Call>(call: Name, ...values: Parameters<LogCalls[Name]>): Promise<ValueOf<Name>> {
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ call, id, values });
    return waiting.promise as Promise<ValueOf<Name>>;
  }

  close(): void {
    this.#worker.terminate();
    this.#waiting.clear();
    this.#listeners.clear();
  }

  #take(answer: LogAnswer): void {
    if ('state' in answer) {
      this.#state = answer.state;
      for (const listener of this.#listeners) listener();
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  }
}
