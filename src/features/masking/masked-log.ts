import type { Masker } from './masker.js';

/** The log below: it appends at exactly `offset` and returns its new size, as RunLogWriter does. */
interface Log {
  readonly size: number;
  append(offset: number, bytes: Buffer): Promise<number>;
}

export interface MaskedLogOptions {
  readonly masker: Masker;
  /** Called before the first byte that is masked reaches the log. */
  readonly onMasked: () => Promise<void>;
}

/**
 * Masks what is appended before it reaches the log. Offsets stay true, because a mask is as long as what it hides. What
 * may be the beginning of a secret is not taken yet; who appends gives it again.
 */
export class MaskedLog {
  #turn: Promise<unknown> = Promise.resolve();
  #hasMasked = false;

  constructor(
    private readonly log: Log,
    private readonly options: MaskedLogOptions,
  ) {}

  get size(): number {
    return this.log.size;
  }

  /** One at a time: what is fresh is known only when what came before is written. */
  append(offset: number, bytes: Buffer, isLast: boolean): Promise<number> {
    const turn = this.#turn.then(() => this.#append(offset, bytes, isLast));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #append(offset: number, bytes: Buffer, isLast: boolean): Promise<number> {
    const { size } = this.log;
    // A piece that does not join on is the log's to refuse.
    if (offset > size) return this.log.append(offset, bytes);
    const decision = this.options.masker.mask(bytes.subarray(size - offset), isLast);
    if (decision.maskedBytes > 0 && !this.#hasMasked) {
      await this.options.onMasked();
      this.#hasMasked = true;
    }
    return this.log.append(size, decision.bytes);
  }
}
