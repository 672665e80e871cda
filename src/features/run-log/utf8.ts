/** The second byte of some sequences has a narrower range than 80..BF (Unicode standard, table 3-7). */
const SECOND_BYTE: Readonly<Record<number, readonly [number, number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};

const sequenceLength = (lead: number): number => {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 1;
};

/**
 * How many of the bytes can be decoded without knowing what follows: all, but for the beginning of a character that more
 * bytes may complete (1 to 3 bytes). A beginning that nothing can complete counts as decodable, to U+FFFD.
 */
export function decodableLength(bytes: Uint8Array): number {
  for (let start = bytes.length - 1; start >= Math.max(0, bytes.length - 3); start -= 1) {
    const lead = bytes[start]!;
    if (lead >= 0x80 && lead <= 0xbf) continue;
    const held = bytes.length - start;
    if (held >= sequenceLength(lead)) return bytes.length;
    const [low, high] = SECOND_BYTE[lead] ?? [0x80, 0xbf];
    const second = bytes[start + 1];
    return second === undefined || (second >= low && second <= high) ? start : bytes.length;
  }
  return bytes.length;
}
