const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of one line as they are: what cannot be printed, or is no UTF-8, as `\x1b` for each byte. */
export function rawText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes).replace(UNPRINTABLE, escaped);
  } catch {
    return bytewise(bytes);
  }
}

const encoder = new TextEncoder();
const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;
const escaped = (character: string): string =>
  character === '\t' ? '\\t' : Array.from(encoder.encode(character), hex).join('');

/** Characters that are whole stay, each other byte is written out. */
function bytewise(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    parts.push(length === 0 ? hex(bytes[at]!) : rawText(bytes.subarray(at, at + length)));
    at += Math.max(1, length);
  }
  return parts.join('');
}

/** Of the ASCII run or the character that begins here; 0 when neither does. */
function characterLength(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && bytes[end]! < 0x80) end += 1;
  if (end > at) return end - at;
  const first = bytes[at]!;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}
