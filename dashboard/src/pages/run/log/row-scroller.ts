import type { LogRow } from './layout.js';
import type { LogClient } from './log-client.js';
import type { LogState } from './log-protocol.js';
import { contentHeight, isScaled, lastTop, scrollTopOf, topOf, type ScrollGeometry } from './scroll-geometry.js';

/** What is to be drawn: `rows`, of which the first has the number `from`, with the row `top` at the upper edge. */
export interface RowsInView {
  readonly rows: readonly LogRow[];
  readonly from: number;
  readonly top: number;
  /** Rows that fit, a part of one counting whole. */
  readonly count: number;
}

const ROWS_AROUND = 20;

export interface RowScrollerOptions {
  readonly client: LogClient;
  /** Scrolls; has the focus. */
  readonly scroller: HTMLElement;
  /** As tall as all rows, within `scroller`. */
  readonly content: HTMLElement;
  readonly rowHeight: number;
  readonly follows: boolean;
  /** Where in the log to begin, unless it follows. */
  readonly startOffset: number;
  readonly draw: (view: RowsInView) => void;
  readonly onFollow: (follows: boolean) => void;
}

/**
 * Shows a part of a log's rows at a time, asking for those that are seen. It stays at the end while it follows, and at the
 * same line when the rows are laid out anew.
 */
export class RowScroller {
  #state: LogState;
  #top = 0;
  #setTo = -1;
  #follows: boolean;
  #rows: readonly LogRow[] = [];
  #from = 0;
  #isStale = true;
  #isAsking = false;
  #isFinding = false;
  /** What the first row seen is to begin with, since nobody moved: kept while rows are laid out anew. */
  #anchor: number | undefined;
  #frame = 0;
  readonly #closing = new AbortController();
  readonly #sizes = new ResizeObserver(() => this.#update());

  constructor(private readonly options: RowScrollerOptions) {
    const { client, scroller, follows, startOffset } = options;
    const { signal } = this.#closing;
    this.#state = client.snapshot();
    this.#follows = follows;
    this.#sizes.observe(scroller);
    scroller.addEventListener('scroll', () => this.#onScroll(), { signal, passive: true });
    scroller.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
    scroller.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    const unsubscribe = client.subscribe(() => this.#onState());
    signal.addEventListener('abort', unsubscribe);
    if (startOffset > 0) this.#anchor = startOffset;
    void this.#findAgain();
    this.#update();
  }

  close(): void {
    this.#closing.abort();
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#anchor = undefined;
    this.#setFollows(true);
    this.#update();
  }

  /** Puts the row in the upper third, unless it is seen already. */
  show(row: number): void {
    this.#anchor = undefined;
    this.#setFollows(false);
    const { rowHeight, viewHeight } = this.#geometry;
    const seen = viewHeight / rowHeight;
    if (row < this.#top + 1 || row > this.#top + seen - 2) this.#top = Math.max(0, row - Math.floor(seen / 3));
    this.#isStale = true;
    this.#update();
  }

  /** Whether the row is seen, in part at least. */
  sees(row: number): boolean {
    const { rowHeight, viewHeight } = this.#geometry;
    return row > this.#top - 1 && row < this.#top + viewHeight / rowHeight;
  }

  /** Asks for the rows anew: some of them were opened or closed. */
  refresh(): void {
    this.#isStale = true;
    this.#update();
  }

  /** Where in the log the first row seen begins. */
  get firstOffset(): number {
    return this.#anchor ?? this.#rows[Math.floor(this.#top) - this.#from]?.offset ?? 0;
  }

  get #geometry(): ScrollGeometry {
    const { scroller, rowHeight } = this.options;
    return { rowCount: this.#state.rowCount, rowHeight, viewHeight: scroller.clientHeight };
  }

  #onState(): void {
    const before = this.#state;
    this.#state = this.options.client.snapshot();
    if (this.#state.generation !== before.generation) void this.#findAgain();
    this.#isStale = true;
    this.#update();
  }

  async #findAgain(): Promise<void> {
    const anchor = this.#follows ? 0 : this.firstOffset;
    this.#anchor = anchor === 0 ? undefined : anchor;
    if (anchor === 0 || this.#isFinding) return;
    this.#isFinding = true;
    const row = await this.options.client.call('rowAt', anchor).catch(() => 0);
    this.#isFinding = false;
    if (this.#anchor === anchor) this.#top = row;
    this.#isStale = true;
    this.#update();
  }

  #onScroll(): void {
    const { scrollTop } = this.options.scroller;
    if (Math.abs(scrollTop - this.#setTo) <= 1) return;
    this.#setTo = -1;
    this.#moveTo(topOf(scrollTop, this.#geometry));
  }

  /** A pixel of the scroll bar may stand for many rows; a turn of the wheel does not. */
  #onWheel(event: WheelEvent): void {
    if (!isScaled(this.#geometry) || event.ctrlKey) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 20;
    this.#setTo = -1;
    this.#moveTo(this.#top + pixels / this.options.rowHeight);
    this.#placeBar();
  }

  #onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#geometry.viewHeight / this.options.rowHeight) - 2);
    const steps: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page };
    const step = event.target === this.options.scroller ? steps[event.key] : undefined;
    if (event.key === 'End' && event.target === this.options.scroller) this.follow();
    else if (step !== undefined && isScaled(this.#geometry)) {
      this.#moveTo(this.#top + step);
      this.#placeBar();
    } else return;
    event.preventDefault();
  }

  #moveTo(top: number): void {
    const last = lastTop(this.#geometry);
    this.#anchor = undefined;
    this.#top = Math.min(Math.max(0, top), last);
    this.#setFollows(this.#top >= last - 0.5);
    this.#update();
  }

  #setFollows(follows: boolean): void {
    if (follows === this.#follows) return;
    this.#follows = follows;
    this.options.onFollow(follows);
  }

  #update(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#drawNow());
  }

  #placeBar(): void {
    const { scroller } = this.options;
    scroller.scrollTop = scrollTopOf(this.#top, this.#geometry);
    this.#setTo = scroller.scrollTop;
  }

  #drawNow(): void {
    const geometry = this.#geometry;
    if (geometry.viewHeight === 0 || this.#isFinding) return;
    const { content, draw } = this.options;
    content.style.height = `${contentHeight(geometry)}px`;
    const last = lastTop(geometry);
    this.#top = this.#follows ? last : Math.min(this.#top, last);
    const shown = topOf(this.options.scroller.scrollTop, geometry);
    if (Math.abs(shown - this.#top) * geometry.rowHeight > 1) this.#placeBar();
    const count = Math.ceil(geometry.viewHeight / geometry.rowHeight) + 1;
    void this.#ask(Math.max(0, Math.floor(this.#top) - ROWS_AROUND), count + 2 * ROWS_AROUND);
    draw({ rows: this.#rows, from: this.#from, top: this.#top, count });
  }

  async #ask(from: number, count: number): Promise<void> {
    const seen = Math.floor(this.#top);
    const isThere = seen >= this.#from && seen + count - 2 * ROWS_AROUND <= this.#from + this.#rows.length;
    const isAll = this.#from + this.#rows.length >= this.#state.rowCount && seen >= this.#from;
    if (this.#isAsking || (!this.#isStale && (isThere || isAll))) return;
    this.#isAsking = true;
    this.#isStale = false;
    const rows = await this.options.client.call('rows', from, count).catch(() => undefined);
    this.#isAsking = false;
    if (!rows || this.#closing.signal.aborted) return;
    [this.#rows, this.#from] = [rows, from];
    this.#update();
  }
}
