import { describe, expect, it } from '@jest/globals';
import { Masker } from './masker.js';

const KEY = 'sk-ant-api03-Zr8+fake/key_for-tests~"quoted"&more=0123456789abcdef';
const TOKEN = 'plain-words-as-secret';
const masker = new Masker([KEY, TOKEN]);

/** Gives the pieces as a stream would: what is left undecided comes again, with more behind it. */
function stream(pieces: readonly Buffer[], by = masker): { text: string; maskedBytes: number } {
  const written: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let maskedBytes = 0;
  for (const [index, piece] of pieces.entries()) {
    const given = Buffer.concat([rest, piece]);
    const decision = by.mask(given, index === pieces.length - 1);
    written.push(decision.bytes);
    maskedBytes += decision.maskedBytes;
    rest = given.subarray(decision.bytes.length);
  }
  expect(rest).toHaveLength(0);
  return { text: Buffer.concat(written).toString('latin1'), maskedBytes };
}

const stars = (text: string): string => '*'.repeat(Buffer.byteLength(text));
const around = (text: string): [string, string] => [`before ${text} behind\n`, `before ${stars(text)} behind\n`];
const whole = (text: string): string => stream([Buffer.from(text)]).text;

describe('Masker', () => {
  it.each([
    ['plain', KEY],
    ['the second one', TOKEN],
    ['JSON', JSON.stringify(KEY).slice(1, -1)],
    ['JSON within JSON', JSON.stringify(JSON.stringify(KEY)).slice(3, -3)],
    ['URL', encodeURIComponent(KEY)],
    ['hex', Buffer.from(KEY).toString('hex')],
    ['upper-case hex', Buffer.from(KEY).toString('hex').toUpperCase()],
  ])('masks a known secret, byte for byte: %s', (_name, form) => {
    const [given, expected] = around(form);
    expect(whole(given)).toBe(expected);
  });

  it.each(['base64', 'base64url'] as const)('masks what of a secret stands in %s of a longer text', (encoding) => {
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
      const encoded = Buffer.from(`${before}${KEY}:behind`).toString(encoding);
      const left = whole(encoded);
      expect(left).toHaveLength(encoded.length);
      const shown = Buffer.from(left.replaceAll('*', 'A'), encoding).toString('latin1');
      expect(shown).not.toContain(KEY.slice(3, 12));
      expect(shown).not.toContain(KEY.slice(-12, -3));
      expect(left.replaceAll(/[^*]/g, '').length).toBeGreaterThan(encoded.length * 0.8 - 12);
    }
  });

  it.each([
    ['Anthropic', `sk-ant-api03-${'x1-_'.repeat(10)}`],
    ['OpenAI', `sk-proj-${'Ab1_'.repeat(12)}`],
    ['OpenAI, as it was', `sk-${'aB3d'.repeat(12)}`],
    ['Google', `AIza${'Sy-_9'.repeat(7)}`],
    ['GitHub', `ghp_${'a1B2'.repeat(9)}`],
    ['a service account', `eyJhbGciOiJSUzI1NiJ9.${'eyJpc3M'.repeat(8)}.${'sig-_'.repeat(10)}`],
    ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEow/+'.repeat(8)}\n${'AbC='.repeat(16)}\n-----END`],
  ])('masks what looks like a key of %s', (_name, key) => {
    expect(whole(`key=${key}"`)).not.toContain(key.slice(-12, -4));
    expect(whole(`key=${key}"`)).toMatch(/^key=\*+(?:[^*]{0,40})"$/);
  });

  it.each([
    'pod/task-runner-7d9f8b6c5d-x2x4z is on disk-pressure-evicted-because-of-ephemeral-storage',
    'desk-0123456789012345678901234567890123456789012345',
    'eyJhbGciOiJub25lIn0 is the header of a token',
    'a UUID f81d4fae-7dec-11d0-a765-00a0c91e6bf6 and sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '-----BEGIN CERTIFICATE-----\nMIIB8zCCAZmgAwIBAgIUX\n-----END CERTIFICATE-----',
  ])('lets ordinary text pass: %s', (text) => {
    expect(whole(text)).toBe(text);
  });

  it('gives the same for every split of a stream in two', () => {
    const text = Buffer.from(
      [
        ...[KEY, JSON.stringify(KEY), encodeURIComponent(KEY), TOKEN, `ghp_${'a1B2'.repeat(9)}`, 'sk', KEY],
        ...[`desk-${'aB3d'.repeat(12)}`, `"sk-${'aB3d'.repeat(12)}"`],
      ].join(' sk-an ä\0'),
    );
    const expected = stream([text]);
    expect(expected.text).not.toContain('fake');
    expect(expected.text).toContain('desk-aB3d');
    expect(expected.text).not.toContain('"sk-aB3d');
    for (let at = 0; at <= text.length; at += 1) {
      expect(stream([text.subarray(0, at), text.subarray(at)])).toEqual(expected);
    }
  });

  it('gives the same for a stream of single bytes', () => {
    const text = Buffer.from(`x${KEY}y${KEY}${TOKEN}\n-----BEGIN PRIVATE KEY-----\n${'Ab1+'.repeat(40)}\n-----END`);
    expect(stream(Array.from(text, (byte) => Buffer.from([byte])))).toEqual(stream([text]));
  });

  it('masks secrets that overlap, and those that follow at once', () => {
    const overlapping = new Masker(['abcdefgh-ijkl', 'ijklmnop-abcd']);
    const given = Buffer.from('<abcdefgh-ijklmnop-abcdefgh-ijkl>');
    const expected = { text: `<${'*'.repeat(given.length - 2)}>`, maskedBytes: given.length - 2 };
    expect(stream([given], overlapping)).toEqual(expected);
    for (let at = 0; at <= given.length; at += 1) {
      expect(stream([given.subarray(0, at), given.subarray(at)], overlapping)).toEqual(expected);
    }
  });

  it('leaves no more of a secret undecided than that', () => {
    const given = Buffer.from(`a line\n${KEY.slice(0, 20)}`);
    expect(masker.mask(given, false).bytes.toString()).toBe('a line\n');
    expect(masker.mask(Buffer.from('a line\n'), false).bytes.toString()).toBe('a line\n');
  });

  it('masks the beginning of a secret with which an output ends', () => {
    expect(whole(`cut ${KEY.slice(0, 30)}`)).toBe(`cut ${'*'.repeat(30)}`);
    expect(whole('cut sk-an')).toBe('cut sk-an');
    expect(whole('an ordinary word')).toBe('an ordinary word');
  });

  it('decides in bounded memory on a secret that repeats itself for ever', () => {
    const periodic = new Masker(['aaaaaaaa']);
    expect(periodic.mask(Buffer.alloc(100_000, 'a'), false)).toEqual({
      bytes: Buffer.alloc(100_000, '*'),
      maskedBytes: 100_000,
    });
  });

  it('takes words for no secret', () => {
    expect(stream([Buffer.from('the token is short')], new Masker(['token', ''])).maskedBytes).toBe(0);
  });

  it('masks 16 MiB of lines in less than two seconds', () => {
    const line = Buffer.from(`{"type":"assistant","text":"${'pod api-0 is ready; '.repeat(12)}"}\n`);
    const piece = Buffer.concat(Array.from({ length: Math.ceil((1024 * 1024) / line.length) }, () => line));
    const began = performance.now();
    for (let count = 0; count < 16; count += 1) expect(masker.mask(piece, false).maskedBytes).toBe(0);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
