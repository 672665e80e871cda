import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { hitsIn } from './search-pattern.js';
import type { RowsInView } from './row-scroller.js';
import { takeColours } from './wrap-text.js';

const ESC = '\u001b';
const [INVERSE, UPRIGHT] = [`${ESC}[7m`, `${ESC}[27m`];

/**
 * Draws rows with xterm.js. The terminal is as large as the part that is seen and keeps nothing else: the rows come anew
 * for each place, so that a log of any size takes the memory of one screen. It is given text and colours alone, and listens
 * to nobody: no keys, no answers, no sequences with a meaning beyond its cells.
 */
export class TerminalPane {
  readonly #terminal: Terminal;
  #drawn = '';

  constructor(element: HTMLElement, { columns, fontSize }: { readonly columns: number; readonly fontSize: number }) {
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    this.#terminal = new Terminal({
      cols: columns,
      rows: 2,
      scrollback: 0,
      disableStdin: true,
      cursorInactiveStyle: 'none',
      fontFamily: colour('--mono'),
      fontSize,
      lineHeight: 1.2,
      minimumContrastRatio: 4.5,
      theme: {
        background: colour('--sunken'),
        foreground: colour('--ink'),
        selectionBackground: colour('--accent-soft'),
        cursor: colour('--sunken'),
      },
    });
    this.#terminal.attachCustomKeyEventHandler(() => false);
    this.#terminal.attachCustomWheelEventHandler(() => false);
    this.#terminal.open(element);
    if (this.#terminal.textarea) this.#terminal.textarea.tabIndex = -1;
  }

  /** Pixels. */
  get rowHeight(): number {
    const screen = this.#terminal.element?.querySelector('.xterm-screen');
    return (screen?.getBoundingClientRect().height ?? 0) / this.#terminal.rows || 16;
  }

  draw({ rows, from, top, count }: RowsInView, pattern: RegExp | undefined): void {
    const seen = Math.max(2, count - 1);
    if (this.#terminal.rows !== seen) this.#terminal.resize(this.#terminal.cols, seen);
    const first = Math.floor(top);
    const lines = Array.from({ length: seen }, (_, number) => {
      const text = rows[first + number - from]?.text ?? '';
      return `${ESC}[0m${ESC}[2K${pattern ? marked(text, pattern) : text}`;
    });
    const screen = `${ESC}[?25l${ESC}[?7l${ESC}[H${lines.join('\r\n')}`;
    if (screen !== this.#drawn) this.#terminal.write(screen);
    this.#drawn = screen;
  }

  close(): void {
    this.#terminal.dispose();
  }
}

/** With what is searched for in inverse colours. */
export function marked(row: string, pattern: RegExp): string {
  const { plain, colours } = takeColours(row);
  const starts = new Map(hitsIn([plain], pattern).map(({ column }) => [column, lengthAt(plain, pattern, column)]));
  if (starts.size === 0) return row;
  let made = '';
  let next = 0;
  let end = -1;
  for (let at = 0; at <= plain.length; at += 1) {
    if (at === end) made += UPRIGHT;
    for (let colour = colours[next]; colour?.at === at; colour = colours[++next]) {
      made += colour.sequence + (at < end ? INVERSE : '');
    }
    const length = starts.get(at);
    if (length !== undefined) {
      made += INVERSE;
      end = at + length;
    }
    made += plain[at] ?? '';
  }
  return made;
}

function lengthAt(text: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
