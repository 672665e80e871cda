import stringWidth from 'string-width';
import { terminalText } from '../../../sdk/src/renderer/index.js';

const graphemes = new Intl.Segmenter();

/** Any text on one line of a table: every control character, newlines and tabs included, is shown as a sign. */
export const cellText = (text: string): string =>
  terminalText(text.replaceAll('\u001b', '\u241b'), false).replaceAll('\n', '\u240a').replaceAll('\t', '\u2409');

/** Cut to at most `width` columns of a terminal; what was cut shows as an ellipsis. */
export function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let fitted = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    fitted += segment;
  }
  return `${fitted}…`;
}

/** Filled up with spaces to `width` columns of a terminal. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const filling = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? text + filling : filling + text;
}
