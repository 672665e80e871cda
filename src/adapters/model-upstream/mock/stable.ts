import { createHash } from 'node:crypto';

/** An id that follows from a text: the same request gets the same answer, to the byte. */
export const stableId = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex').slice(0, 24);

/** When everything of the mock's was made, as seconds since 1970: 2026-01-01. */
export const MOCK_EPOCH = 1_767_225_600;

/** A plausible number of tokens that depends on nothing but the text's length. */
export const estimateTokens = (text: string): number => Math.max(1, Math.ceil(Buffer.byteLength(text) / 4));

const PIECE_CHARACTERS = 32;

/** Cuts between characters, so that every piece is well-formed. */
export function cut(text: string): string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let i = 0; i < characters.length; i += PIECE_CHARACTERS) {
    pieces.push(characters.slice(i, i + PIECE_CHARACTERS).join(''));
  }
  return pieces;
}
