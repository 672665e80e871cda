import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff, ChannelLost, type ChannelAnswer, type ChannelClient } from './channel-client.js';
import { OFFSET_HEADER, OUTPUT_PIECE_BYTES } from './protocol.js';
import { Spool } from './spool.js';

export const SPOOL_BYTES = 4 * 1024 * 1024;
/** Small writes within this time travel together; the first after a silence goes at once. */
const GATHER_MS = 20;
const GATHER_BYTES = 64 * 1024;

export interface OutputShipperOptions {
  readonly client: Pick<ChannelClient, 'call'>;
  /** Called once when the server's log takes no more: what follows is counted and dropped. */
  readonly onLogFull?: () => void;
  readonly spoolBytes?: number;
}

/**
 * Brings the agent's output to the server. Bytes stay in the spool until they are acknowledged; a full spool makes `write`
 * wait, which blocks the agent's own writes, so that a server that is away costs time and no bytes.
 */
export class OutputShipper {
  readonly #options: OutputShipperOptions;
  readonly #spool = new Spool();
  readonly #hash = createHash('sha256');
  readonly #shipping: Promise<void>;
  #bytes = 0;
  #dropping = false;
  #ended = false;
  #failure: Error | undefined;
  #giveUp: { readonly patienceMs: number; readonly since: number } | undefined;
  #lastAnswer = Date.now();
  #changed = Promise.withResolvers<void>();

  constructor(options: OutputShipperOptions) {
    this.#options = options;
    this.#shipping = this.#ship();
    this.#shipping.catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#notify();
    });
  }

  /** Everything written so far, also what was dropped. */
  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#spool.length >= (this.#options.spoolBytes ?? SPOOL_BYTES);
  }

  /** Takes the chunk, which must not be changed afterwards, and resolves when there is room for another. */
  async write(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    if (!this.#dropping && chunk.length > 0) {
      this.#spool.push(chunk);
      this.#notify();
    }
    while (this.isFull && !this.#failure) await this.#changed.promise;
    if (this.#failure) throw this.#failure;
  }

  /** From now on a server that does not answer for so long is given up. */
  giveUpAfter(patienceMs: number): void {
    this.#giveUp = { patienceMs, since: Date.now() };
  }

  /** Resolves with the digest of all output when the server holds every byte of it (or its log is full). */
  async end(): Promise<string> {
    this.#ended = true;
    this.#notify();
    await this.#shipping;
    return this.#hash.digest('hex');
  }

  async #ship(): Promise<void> {
    const pause = new Backoff();
    // Where the output ended when the server left the rest undecided: nothing is to be said until there is more of it.
    let undecidedTo: number | undefined;
    for (;;) {
      const hasNothing = (): boolean => this.#spool.length === 0 || this.#spool.end === undecidedTo;
      while (hasNothing() && !this.#ended) await this.#changed.promise;
      if (this.#spool.length === 0) return;
      const begun = Date.now();
      const body = this.#spool.piece(OUTPUT_PIECE_BYTES);
      const sentTo = this.#spool.start + body.length;
      const isLast = this.#ended && sentTo === this.#spool.end;
      const path = `/v1/output?offset=${this.#spool.start}${isLast ? '&last=true' : ''}`;
      const answer = await this.#options.client.call({ method: 'PUT', path, body }).catch(() => undefined);
      if (answer && this.#accept(answer)) {
        pause.reset();
        undecidedTo = answer.status === 204 ? sentTo : undefined;
        await this.#gather(begun);
      } else {
        this.#checkPatience();
        await pause.wait();
      }
    }
  }

  /** True when the server said how many bytes it holds. */
  #accept({ status, headers }: ChannelAnswer): boolean {
    if (status === 507) this.#drop();
    if (this.#dropping) return true;
    if (status !== 204 && status !== 409) return false;
    const held = Number(headers[OFFSET_HEADER]);
    if (!(held >= this.#spool.start && held <= this.#spool.end)) {
      throw new ChannelLost(
        `the server holds ${held} bytes; only ${this.#spool.start} to ${this.#spool.end} can be sent`,
      );
    }
    this.#lastAnswer = Date.now();
    this.#spool.dropTo(held);
    this.#notify();
    return true;
  }

  #drop(): void {
    this.#dropping = true;
    this.#spool.dropTo(this.#spool.end);
    this.#notify();
    this.#options.onLogFull?.();
  }

  #checkPatience(): void {
    if (!this.#giveUp) return;
    const { patienceMs, since } = this.#giveUp;
    if (Date.now() - Math.max(since, this.#lastAnswer) >= patienceMs) {
      throw new ChannelLost(`${this.#spool.length} bytes of output could not be delivered`);
    }
  }

  async #gather(begun: number): Promise<void> {
    const left = begun + GATHER_MS - Date.now();
    if (left > 0 && this.#spool.length < GATHER_BYTES && !this.#ended) await delay(left);
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
