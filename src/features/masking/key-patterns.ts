/** A kind of key: a beginning that nothing else has, then at least `min` and at most `max` characters of a set. */
interface KeyPattern {
  readonly beginning: string;
  readonly set: string;
  readonly min: number;
  readonly max: number;
  /** The beginning also ends ordinary words, as `sk-` does `task-`: it counts only where no word goes on. */
  readonly standsAlone?: boolean;
}

const WORD = 'A-Za-z0-9';
const PEM_BODY = String.raw`A-Za-z0-9+/=\s\\-`;
const pem = (kind: string): KeyPattern => ({
  beginning: `-----BEGIN ${kind}PRIVATE KEY-----`,
  set: PEM_BODY,
  min: 64,
  max: 8192,
});
const dashed = (beginning: string): KeyPattern => ({ beginning, set: `${WORD}_-`, min: 20, max: 512 });

/** As the providers publish them. */
const PATTERNS: readonly KeyPattern[] = [
  ...['sk-ant-', 'sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-or-v1-'].map(dashed),
  { beginning: 'sk-', set: WORD, min: 40, max: 512, standsAlone: true },
  { beginning: 'AIza', set: `${WORD}_-`, min: 35, max: 35, standsAlone: true },
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((beginning) => ({ beginning, set: WORD, min: 36, max: 255 })),
  { beginning: 'github_pat_', set: `${WORD}_`, min: 60, max: 255 },
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxs-'].map((beginning) => ({ beginning, set: `${WORD}-`, min: 24, max: 255 })),
  // A JSON Web Token, such as a service account's.
  { beginning: 'eyJhbGciOi', set: `${WORD}_.-`, min: 60, max: 4096 },
  ...['', 'RSA ', 'EC ', 'OPENSSH '].map(pem),
];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

const start = ({ beginning, standsAlone }: KeyPattern): string =>
  `${standsAlone ? `(?<![${WORD}])` : ''}${escaped(beginning)}`;

/** Everything that is a key for sure; over text of one character for each byte. */
export const WHOLE_KEYS = new RegExp(
  PATTERNS.map((pattern) => `${start(pattern)}[${pattern.set}]{${pattern.min},${pattern.max}}`).join('|'),
  'g',
);

/** The text with each character of what looks like a key a `*`. */
export const maskKeys = (text: string): string => text.replace(WHOLE_KEYS, (key) => '*'.repeat(key.length));

const beginnings = (text: string): string[] =>
  Array.from({ length: text.length - 1 }, (_, at) => text.slice(0, at + 1));

/** With what stands before, which may be the end of a word and has to be seen together with it. */
const opening = ({ beginning }: KeyPattern): string =>
  `[${WORD}]?(?:${beginnings(beginning).toReversed().map(escaped).join('|')})`;

/** What may be, or go on as, a key at the end of the text. */
export const OPEN_KEY = new RegExp(
  `(?:${PATTERNS.map((pattern) => `${start(pattern)}[${pattern.set}]{0,${pattern.max - 1}}|${opening(pattern)}`).join('|')}|[${WORD}])$`,
);

/** No key is longer. */
export const MAX_KEY_BYTES = Math.max(...PATTERNS.map(({ beginning, max }) => beginning.length + max));
