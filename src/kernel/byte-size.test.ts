import { describe, expect, it } from '@jest/globals';
import { parseByteSize } from './byte-size.js';

describe('parseByteSize', () => {
  it.each([
    ['2g', 2 * 1024 ** 3],
    ['512m', 512 * 1024 ** 2],
    ['64K', 65_536],
    ['1073741824', 1_073_741_824],
    [' 10b ', 10],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each(['', '0', '-1g', '1.5g', '2gb', '2t', 'g', '99999999999g'])('refuses %j', (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  });
});
