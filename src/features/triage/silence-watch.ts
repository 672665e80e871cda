/** What may have waited for a server that had stopped in its tracks comes within this time. */
const LAST_LOOK_MS = 2_000;

export interface SilenceWatchOptions {
  /** 0: for ever. */
  readonly silenceMs: number;
  readonly onSilent: () => void;
  /** 2 s unless told. */
  readonly lastLookMs?: number;
}

/**
 * Notices an agent of which nothing is heard for too long: no output, and no model call under way. Told once, and not before
 * a last look: a process that was stopped finds its timers due before what waits on its sockets.
 */
export class SilenceWatch {
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Timeout | undefined;
  #asking = 0;

  constructor(private readonly options: SilenceWatchOptions) {
    if (options.silenceMs === 0) return;
    this.#timer = setTimeout(() => this.#look(), options.silenceMs);
  }

  /** A sign of life. */
  heard(): void {
    clearTimeout(this.#lastLook);
    this.#timer?.refresh();
  }

  /** A model call has begun; what is given is called at its end. Until then the agent waits for others. */
  asks(): () => void {
    this.#asking += 1;
    this.heard();
    return () => {
      this.#asking -= 1;
      this.heard();
    };
  }

  close(): void {
    clearTimeout(this.#lastLook);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (this.#asking > 0) {
      this.heard();
      return;
    }
    this.#lastLook = setTimeout(() => {
      this.close();
      this.options.onSilent();
    }, this.options.lastLookMs ?? LAST_LOOK_MS);
  }
}
