import { createInterface } from 'node:readline';
import type { CommandIo } from './io.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes on to its child what the terminal has sent to both: the same Ctrl-C comes twice. */
const ECHO_MS = 150;

export type Interruption = (typeof SIGNALS)[number];

/** The signals that would end the process, one after the other, while it is in use. */
export class Interruptions implements Disposable {
  readonly #waiting: Interruption[] = [];
  #arrival = Promise.withResolvers<void>();
  #lastAt = Number.NEGATIVE_INFINITY;
  readonly #listener = (signal: Interruption) => {
    const now = performance.now();
    if (now - this.#lastAt > ECHO_MS) this.put(signal);
    this.#lastAt = now;
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** Resolves as soon as there is one to take. */
  get arrived(): Promise<void> {
    return this.#arrival.promise;
  }

  take(): Interruption | undefined {
    const signal = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#arrival = Promise.withResolvers();
    return signal;
  }

  /** As if it came now. */
  put(signal: Interruption): void {
    this.#waiting.push(signal);
    this.#arrival.resolve();
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}

export type Choice = 'cancel' | 'leave' | 'stay';

/** Whether somebody is there to be asked. */
export const canAsk = ({ stdin, stderr }: CommandIo): boolean => stdin.isTTY === true && stderr.isTTY === true;

/** Asks on the terminal until `signal` is aborted, which means to stay; Ctrl-C and Ctrl-D leave. */
export function askWhatToDo({ stdin, stderr }: CommandIo, signal: AbortSignal): Promise<Choice> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: true });
  return new Promise<Choice>((resolve) => {
    const choose = (choice: Choice) => {
      resolve(choice);
      lines.close();
    };
    lines.on('SIGINT', () => choose('leave'));
    lines.on('close', () => choose('leave'));
    signal.addEventListener('abort', () => choose('stay'), { once: true });
    const ask = () =>
      lines.question('\nCancel the run (c), leave it running (l), or go on watching (Enter)? ', (answer) => {
        const letter = answer.trim().toLowerCase();
        if (letter === '') choose('stay');
        else if (letter.startsWith('c')) choose('cancel');
        else if (letter.startsWith('l') || letter.startsWith('d')) choose('leave');
        else ask();
      });
    ask();
  });
}
