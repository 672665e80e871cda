import type { LogMode } from './layout.js';
import { FETCH_BYTES, type LogSource } from './log-bytes.js';
import { locateCitation } from './log-citation.js';
import type { LogModel } from './log-model.js';
import type { LogCalls, LogState } from './log-protocol.js';
import { LogSearch } from './log-search.js';

/** Between two words to the page about how far it is. */
const TELL_EVERY_MS = 50;

/** One log, followed from its beginning, and what a page asks about it. */
export class LogService implements LogCalls {
  #isReconnecting = false;
  #failure: string | undefined;
  #search: LogSearch | undefined;
  #searchedText = '';
  #told = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: LogModel,
    private readonly source: LogSource,
    private readonly tell: (state: LogState) => void,
  ) {}

  /** Reads to the log's end; what goes wrong for good is told in the state. */
  async follow(): Promise<void> {
    try {
      for await (const piece of this.source.follow(this.model.segments.size)) {
        this.#isReconnecting = false;
        this.model.take(piece);
        this.#changed();
      }
      this.model.end();
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.#isReconnecting = false;
    this.#changed();
  }

  setReconnecting(isReconnecting: boolean): void {
    this.#isReconnecting = isReconnecting;
    this.#changed();
  }

  rows(from: number, count: number) {
    return this.model.rows(from, count);
  }

  async toggle(offset: number, key: string): Promise<void> {
    await this.model.toggle(offset, key);
    this.#changed();
  }

  async setLayout(mode: LogMode, columns: number): Promise<void> {
    const isOtherText = (mode === 'raw') !== (this.model.layout.mode === 'raw');
    this.model.setLayout(mode, columns);
    if (isOtherText) await this.search(this.#searchedText);
    this.#changed();
  }

  async search(text: string): Promise<void> {
    this.#search?.stop();
    this.#searchedText = text;
    this.#search = text === '' ? undefined : new LogSearch(this.model, text);
    this.#changed();
  }

  async hit(number: number) {
    const found = await this.#search?.hit(number);
    this.#changed();
    return found;
  }

  async firstHitFrom(offset: number): Promise<number> {
    return (await this.#search?.firstFrom(offset)) ?? 0;
  }

  async rowAt(offset: number): Promise<number> {
    const number = this.model.segments.numberOf(offset);
    const first = await this.model.firstRowOf(number);
    const { rows } = await this.model.lay(number);
    const row = rows.findIndex((each) => each.offset >= offset);
    return first + (row === -1 ? rows.length : row);
  }

  async cite(offset: number, length: number) {
    const cited = await locateCitation(this.model, { offset, length });
    this.#changed();
    return cited;
  }

  async save(): Promise<Blob> {
    const { size } = this.model.segments;
    const parts: Blob[] = [];
    for (let from = 0; from < size; from += FETCH_BYTES.place) {
      const bytes = await this.model.bytes.read(from, Math.min(size, from + FETCH_BYTES.place), FETCH_BYTES.whole);
      // A blob of its own, which the browser may keep on disk.
      parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    }
    return new Blob(parts, { type: 'application/octet-stream' });
  }

  #changed(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#tellNow();
    }, TELL_EVERY_MS);
  }

  async #tellNow(): Promise<void> {
    const { model } = this;
    const search = this.#search;
    let isThrough = true;
    if (search) {
      isThrough = await Promise.race([search.advance().then(() => true), slice()]);
    }
    const state: LogState = {
      size: model.segments.size,
      countedBytes: model.countedBytes,
      rowCount: model.rowCount,
      generation: model.generation,
      hasEnded: model.hasEnded,
      isReconnecting: this.#isReconnecting,
      failure: this.#failure,
      hits: search && {
        text: search.text,
        count: search.count + (await search.tailCount()),
        isThrough,
        failure: search.failure,
      },
    };
    const told = JSON.stringify(state);
    if (told !== this.#told) this.tell(state);
    this.#told = told;
    if (!isThrough || state.countedBytes < state.size) this.#changed();
  }
}

const slice = (): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), TELL_EVERY_MS));
