import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { parseMasterSecret } from './master-secret.js';

describe('parseMasterSecret', () => {
  const bytes = randomBytes(32);

  it.each(['hex', 'base64', 'base64url'] as const)('reads 32 random bytes as %s', (encoding) => {
    expect(parseMasterSecret(bytes.toString(encoding))).toEqual({ secret: bytes });
  });

  it('derives 32 bytes from a passphrase, the same each time', () => {
    const first = parseMasterSecret('passphrase:correct horse battery');
    expect(first).toEqual({ secret: expect.objectContaining({ length: 32 }) });
    expect(parseMasterSecret('passphrase:correct horse battery')).toEqual(first);
    expect(parseMasterSecret('passphrase:correct horse batterz')).not.toEqual(first);
  });

  it.each([
    ['31 bytes', randomBytes(31).toString('hex')],
    ['33 bytes', randomBytes(33).toString('base64')],
    ['a word', 'changeme'],
    ['zeros', '0'.repeat(64)],
    ['a short pattern', 'deadbeef'.repeat(8)],
    ['counted bytes', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex')],
    ['a short passphrase', 'passphrase:fifteen-chars-x'.slice(0, 26)],
    ['a passphrase of few characters', `passphrase:${'abc'.repeat(10)}`],
  ])('refuses %s, and does not repeat it', (_name, text) => {
    const result = parseMasterSecret(text);
    expect(result).toEqual({ fault: expect.any(String) });
    expect(JSON.stringify(result)).not.toContain(text);
  });
});
