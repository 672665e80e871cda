/** What a terminal obeys, or shows other than it is: the corpus for everything that prints words of strangers. */
export const HOSTILE_TEXTS: readonly string[] = [
  '\x1b]52;c;cm0gLXJmIC8=\x07', // writes the clipboard
  '\x1b]0;title\x1b\\',
  '\x1b]8;;http://example.test\x07link\x1b]8;;\x07',
  '\x1b]1337;File=inline=1:AAAA\x07\x1b]9;notify\x07\x1b]777;notify;a;b\x1b\\',
  '\x1b[2J\x1b[1;1H', // clears the screen
  '\x1b[1A\x1b[2K\x1b[10D', // writes over the lines above
  '\x1b[6n\x1b[c\x1b[>c\x1bZ\x1b[21t\x05', // asks the terminal, which would type its answer
  '\x1b[?1049h\x1b[>4;2m\x1b[?25m', // the last two only look like colours
  '\x1bP+q544e\x1b\\\x1bP$qm\x1b\\',
  '\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\',
  '\x1bc\x1b7\x1b(0\x1b#8\x1bN',
  '\x9b2J\x9d52;c;AAAA\x9c\x90q\x9c', // C1 forms
  'safe\rfake',
  'a\bb\x7f\0\x0b\x0c\x0e',
  'user\u202etxt.exe\u2066\u2028\u2029',
  '\x1b',
  '\x1b[',
  '\x1b[31\x1b[31mm',
  `\x1b[${'1;'.repeat(100)}m`,
  'tab\tand\nnewline',
];

/** Every SGR sequence, which sets colours and no more. */
// eslint-disable-next-line no-control-regex -- it is what is looked for
export const SGR = /\x1b\[[0-9;:]*m/g;

/** A character that a terminal obeys, but for newlines and tabs. */
export const OBEYED = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
