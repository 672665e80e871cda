const QUIET_MS = 10_000;

export interface TerminalEventWatchOptions {
  /** The end of the log as it is now. */
  readonly tail: () => Promise<string>;
  /** Whether a whole line is the agent's word that its work is over. */
  readonly isTerminalEvent: (line: string) => boolean;
  /** Called once, with the tail that says so. */
  readonly onFinished: (tail: string) => void;
  /** 10 s unless told. */
  readonly quietMs?: number;
}

/**
 * Notices an agent that has said that it is done and then neither ends nor prints anything: some CLIs hang there
 * (anthropics/claude-code#25629). It looks at the log only when nothing was printed for a while, so output costs nothing.
 */
export class TerminalEventWatch {
  readonly #timer: NodeJS.Timeout;
  #outputs = 0;
  #closed = false;

  constructor(private readonly options: TerminalEventWatchOptions) {
    this.#timer = setTimeout(() => void this.#look(), options.quietMs ?? QUIET_MS);
  }

  /** To be called whenever the log has grown. */
  grown(): void {
    if (this.#closed) return;
    this.#outputs += 1;
    this.#timer.refresh();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const before = this.#outputs;
    // A log that cannot be read now is looked at again when it grows.
    const tail = await this.options.tail().catch(() => '');
    if (this.#closed || this.#outputs !== before || !endsFinished(tail, this.options.isTerminalEvent)) return;
    this.close();
    this.options.onFinished(tail);
  }
}

/** Whether the last event is a terminal one. Lines that are no JSON object, such as those of the post hook, may follow it. */
export function endsFinished(tail: string, isTerminalEvent: (line: string) => boolean): boolean {
  const last = tail.split('\n').findLast((line) => line.startsWith('{'));
  return last !== undefined && isTerminalEvent(last);
}
