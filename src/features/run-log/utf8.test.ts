import { describe, expect, it } from '@jest/globals';
import { decodableLength } from './utf8.js';

const SAMPLES: readonly (readonly [string, Buffer])[] = [
  ['characters of every length', Buffer.from('aß€😀\u0000\uFEFFz')],
  ['the borders of the ranges', Buffer.from('\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}')],
  ['lone continuation bytes', Buffer.from([0x80, 0xbf, 0x41, 0x80])],
  [
    'overlong forms and surrogates',
    Buffer.from([0xc0, 0x80, 0xe0, 0x80, 0x80, 0xed, 0xa0, 0x80, 0xf0, 0x80, 0x80, 0x80]),
  ],
  ['bytes that no character has', Buffer.from([0xf5, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xff, 0xfe])],
  ['characters cut short by others', Buffer.from([0xe2, 0x82, 0x41, 0xf0, 0x9f, 0x98, 0xc3, 0xe2, 0xf0])],
];

const whole = (bytes: Buffer): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** Decodes as the tail does, having been given the bytes in these pieces. */
function decodeInPieces(pieces: readonly Buffer[]): string {
  let text = '';
  let held = Buffer.alloc(0);
  for (const piece of pieces) {
    held = Buffer.concat([held, piece]);
    const length = decodableLength(held);
    expect(held.length - length).toBeLessThanOrEqual(3);
    text += held.toString('utf8', 0, length);
    held = held.subarray(length);
  }
  return text + held.toString('utf8');
}

describe('decodableLength', () => {
  it.each(SAMPLES)('cuts %s at every pair of places without changing the text', (_name, bytes) => {
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(decodeInPieces(pieces)).toBe(whole(bytes));
      }
    }
  });

  it('decodes random bytes given one by one like the whole', () => {
    let seed = 42;
    const bytes = Buffer.from(Array.from({ length: 20_000 }, () => (seed = (seed * 48271) % 2147483647) >> 8));
    expect(decodeInPieces(Array.from(bytes, (byte) => Buffer.from([byte])))).toBe(whole(bytes));
  });

  it('holds back only what more bytes may complete', () => {
    expect(decodableLength(Buffer.from([0x41, 0xe2, 0x82]))).toBe(1);
    expect(decodableLength(Buffer.from([0x41, 0xed, 0xa0]))).toBe(3);
    expect(decodableLength(Buffer.from([0x41, 0xff]))).toBe(2);
    expect(decodableLength(Buffer.alloc(0))).toBe(0);
  });
});
