const CODES = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Paint = keyof typeof CODES;

/** Coloured; as it is when no colour is given. */
export const paint = (text: string, colour: Paint | undefined): string =>
  colour === undefined || text === '' ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`;
