import { Masker } from '../masking/index.js';

/**
 * What may be shown of a text that a provider wrote: on one line, without characters that are not seen, without the key
 * and whatever else looks like one, and no longer than `maxLength` characters. Null when nothing is left.
 */
export function shownText(text: string, key: string, maxLength: number): string | null {
  // Before masking, so that what is not seen parts no key.
  const line = text
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
  const masked = Array.from(new Masker([key]).mask(Buffer.from(line), true).bytes.toString());
  if (masked.length === 0) return null;
  return masked.length <= maxLength ? masked.join('') : `${masked.slice(0, maxLength - 1).join('')}…`;
}
