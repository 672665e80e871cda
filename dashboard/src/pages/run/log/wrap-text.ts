/** A piece of a line that fits a row, and where in the line it begins (UTF-16 units). */
export interface Piece {
  readonly start: number;
  readonly text: string;
}

const PLAIN = /^[\x20-\x7e]*$/;
const TAB = 8;

/**
 * Cuts a line into pieces of at most `columns` cells, behind a space where one is in their second half; an empty line is one
 * piece. A character outside of ASCII counts two cells, so that none is wider than it was counted, on whatever font. Tabs
 * become spaces.
 */
export function wrapText(line: string, columns: number): readonly Piece[] {
  if (PLAIN.test(line)) return wrapPlain(line, columns);
  const pieces: Piece[] = [];
  let piece = EMPTY;
  let start = 0;
  /** The piece up to its last space, and where the line goes on behind it. */
  let broken = { piece: EMPTY, next: 0 };
  let at = 0;
  for (const character of line) {
    const cells = cellsOf(character, piece.width);
    if (piece.width + cells > columns) {
      const isAtSpace = broken.piece.width > columns / 2;
      const kept = isAtSpace ? broken.piece : piece;
      pieces.push({ start, text: kept.text });
      start = isAtSpace ? broken.next : at;
      piece = { text: piece.text.slice(kept.text.length), width: piece.width - kept.width };
      broken = { piece: EMPTY, next: start };
    }
    const text = character === '\t' ? ' '.repeat(Math.min(cells, columns)) : character;
    piece = { text: piece.text + text, width: piece.width + cells };
    at += character.length;
    if (character === ' ' || character === '\t') broken = { piece, next: at };
  }
  pieces.push({ start, text: piece.text });
  return pieces;
}

/** Of a line in which each character is one cell. */
function wrapPlain(line: string, columns: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  while (line.length - start > columns) {
    const behindSpace = line.lastIndexOf(' ', start + columns - 1) + 1;
    const end = behindSpace - start > columns / 2 ? behindSpace : start + columns;
    pieces.push({ start, text: line.slice(start, end) });
    start = end;
  }
  return [...pieces, { start, text: line.slice(start) }];
}

const EMPTY = { text: '', width: 0 };

const cellsOf = (character: string, width: number): number =>
  character === '\t' ? TAB - (width % TAB) : character.codePointAt(0)! < 0x7f ? 1 : 2;

const ESC = '\u001b';
const SGR = new RegExp(`${ESC}\\[([0-9;:]*)m`, 'gu');
const RESET = '\u001b[0m';

/** As wrapText, for a line with colours (SGR): each piece begins with the colours that hold there, and ends without any. */
export function wrapColoured(line: string, columns: number): readonly string[] {
  if (!line.includes('\u001b')) return wrapText(line, columns).map(({ text }) => text);
  const { plain, colours } = takeColours(line);
  let active = '';
  let next = 0;
  return wrapText(plain, columns).map(({ start, text }, number, all) => {
    const end = all[number + 1]?.start ?? Infinity;
    let row = active;
    let at = 0;
    for (let colour = colours[next]; colour && colour.at < end; colour = colours[++next]) {
      // Tabs made the text longer than the line was: a colour may then begin some cells early.
      row += text.slice(at, colour.at - start) + colour.sequence;
      at = Math.max(at, colour.at - start);
      active = isReset(colour.sequence) ? '' : active + colour.sequence;
      if (active.length > 200) active = colour.sequence;
    }
    row += text.slice(at);
    return row.includes('\u001b') ? row + RESET : row;
  });
}

/** The text without colours, and each colour with the place in that text where it begins. */
export function takeColours(line: string): {
  readonly plain: string;
  readonly colours: readonly { readonly at: number; readonly sequence: string }[];
} {
  const colours: { at: number; sequence: string }[] = [];
  let plain = '';
  let last = 0;
  for (const match of line.matchAll(SGR)) {
    plain += line.slice(last, match.index);
    colours.push({ at: plain.length, sequence: match[0] });
    last = match.index + match[0].length;
  }
  return { plain: plain + line.slice(last), colours };
}

const isReset = (sequence: string): boolean => sequence === RESET || sequence === '\u001b[m';
