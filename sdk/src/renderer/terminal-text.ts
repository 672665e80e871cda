/**
 * What an agent prints is not to be trusted: it may hold text from a cluster under attack. A terminal is given nothing
 * but printable text, newlines, tabs, and colours (SGR). Every other control character becomes a visible sign, so that
 * titles, clipboard writes (OSC 52), cursor moves and device queries are read, not obeyed; the same goes for characters
 * that reorder text (Unicode's bidirectional controls) and for the colours that hide it.
 */
const ESC = '\u001b';
const SPECIAL = new RegExp(`${ESC}\\[([0-9;:]{0,64})m|\r\n|\\p{Cc}|\\p{Bidi_Control}|\\p{Zl}|\\p{Zp}`, 'gu');

export const RESET = `${ESC}[0m`;

/** Makes text harmless for a terminal; without `colour`, colours are left out as well. */
export const terminalText = (text: string, colour: boolean): string =>
  text.replace(SPECIAL, (match, parameters: string | undefined) => {
    if (parameters !== undefined) return colour ? colourSequence(parameters) : '';
    if (match === '\n' || match === '\t') return match;
    return match === '\r\n' ? '\n' : visible(match.charCodeAt(0));
  });

const visible = (code: number): string => {
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
};

/** Parameters of a colour, by the second one. */
const COLOUR_LENGTH: Readonly<Record<string, number | undefined>> = { 5: 3, 2: 5 };

/**
 * Blinking (5, 6) and hidden (8) are left out. 38, 48 and 58 take the parameters of their colour with them, 5;n or 2;r;g;b: at
 * another form terminals differ in which parameters they pass over, so nothing is kept of it and of what follows.
 */
function colourSequence(parameters: string): string {
  const kept: string[] = [];
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? '';
    const base = Number(code.split(':')[0]);
    if ([38, 48, 58].includes(base) && !code.includes(':')) {
      const length = COLOUR_LENGTH[codes[at + 1] ?? ''];
      if (length === undefined || at + length > codes.length) break;
      const colour = codes.slice(at, at + length);
      if (colour.some((part) => part.includes(':'))) break;
      kept.push(...colour);
      at += length - 1;
    } else if (![5, 6, 8].includes(base)) {
      kept.push(code);
    }
  }
  return kept.length > 0 ? `${ESC}[${kept.join(';')}m` : '';
}

/** Whether a stream wants colours: a terminal, and neither NO_COLOR (https://no-color.org) nor TERM=dumb speaks against. */
export const wantsColour = (
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean => stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
