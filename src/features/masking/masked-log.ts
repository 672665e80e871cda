import type { Masker } from './masker.js';

/** The log below: it appends at exactly `offset` and returns its new size, as RunLogWriter does. */
interface Log {
  readonly size: number;
  append(offset: number, bytes: Buffer): Promise<number>;
}

export interface MaskedLogOptions {
  readonly masker: Masker;
  /** How many `*` the log ends in. */
  readonly trailingStars: () => Promise<number>;
  /** Called before the first byte that is masked reaches the log. */
  readonly onMasked: () => Promise<void>;
}

/**
 * Masks what is appended before it reaches the log. Offsets stay true, because a mask is as long as what it hides. What
 * may be the beginning of a secret is not taken yet; who appends gives it again. A log that was cut off within a masked
 * secret, by the death of its server or a full disk, goes on with the rest of it masked too; of what only looks like a key, the
 * rest cannot be told any more.
 */
export class MaskedLog {
  #turn: Promise<unknown> = Promise.resolve();
  #hasMasked = false;
  /** Whether the log may end within a secret. */
  #mayBeCut = true;

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
    const { masker } = this.options;
    const fresh = bytes.subarray(size - offset);
    if (fresh.length === 0) return this.log.append(size, fresh);
    const rest = this.#mayBeCut ? masker.restOf(fresh, await this.options.trailingStars()) : 0;
    if (rest === undefined && !isLast) return size;
    const cut = rest ?? fresh.length;
    const decision = masker.mask(
      cut > 0 ? Buffer.concat([Buffer.alloc(cut, '*'), fresh.subarray(cut)]) : fresh,
      isLast,
    );
    if (cut + decision.maskedBytes > 0 && !this.#hasMasked) {
      await this.options.onMasked();
      this.#hasMasked = true;
    }
    this.#mayBeCut = true;
    const written = await this.log.append(size, decision.bytes);
    this.#mayBeCut = false;
    return written;
  }
}
