import { describe, expect, it } from '@jest/globals';
import { parseAuthority } from '../../kernel/host-name.js';
import { addressesIn, EgressList, parseEgress } from './egress-list.js';

const parse = (...entries: string[]) => parseEgress('input.egress', entries);

describe('parseEgress', () => {
  it.each([
    ['api.example.com', 'api.example.com:443'],
    ['API.Example.com.', 'api.example.com:443'],
    ['registry.example:5000', 'registry.example:5000'],
    ['registry', 'registry:443'],
    ['*.example.com', '*.example.com:443'],
    ['*.example.com:8443', '*.example.com:8443'],
    ['192.0.2.1', '192.0.2.1:443'],
    ['192.0.2.1:8443', '192.0.2.1:8443'],
    ['2001:DB8:0::1', '[2001:db8::1]:443'],
    ['[2001:db8::1]', '[2001:db8::1]:443'],
    ['[2001:db8::1]:8443', '[2001:db8::1]:8443'],
  ])('writes %s as %s', (entry, written) => {
    expect(parse(entry)).toEqual([written]);
  });

  it.each([
    '',
    ' ',
    'https://example.com',
    'example.com/path',
    'example.com:',
    'example.com:0',
    'example.com:65536',
    'example.com:443:443',
    'user@example.com',
    'exa mple.com',
    'example.com\n',
    '*',
    '*:443',
    '*.',
    '*.com',
    '*.com:443',
    '*.*.example.com',
    'a.*.example.com',
    'a*.example.com',
    '*.192.0.2.1',
    '*.[2001:db8::1]',
    '2130706433',
    '0x7f.1',
    '127.1',
    '[example.com]:443',
    'bücher.example',
  ])('refuses %j and names its place', (entry) => {
    expect(() => parse('example.com', entry)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { path: 'input.egress.1' } }),
    );
  });

  it('takes 64 entries and no more', () => {
    const entries = Array.from({ length: 65 }, (_, index) => `h${index}.example`);
    expect(parse(...entries.slice(1))).toHaveLength(64);
    expect(() => parse(...entries)).toThrow(
      expect.objectContaining({ details: { path: 'input.egress', maximum: 64 } }),
    );
  });

  it('tells which entries are addresses', () => {
    const entries = parse('example.com', '192.0.2.1', '*.example.com', '[2001:db8::1]:8443');
    expect([...addressesIn(entries)]).toEqual([
      [1, { host: '192.0.2.1', port: 443 }],
      [3, { host: '2001:db8::1', port: 8443 }],
    ]);
  });
});

describe('EgressList', () => {
  const list = new EgressList(
    parse('api.example.com', 'registry.example:5000', '*.cdn.example.com', '192.0.2.1', '2001:db8::1'),
  );

  it.each([
    'api.example.com:443',
    'API.example.com:443',
    'registry.example:5000',
    'a.cdn.example.com:443',
    'a.b.cdn.example.com:443',
    '192.0.2.1:443',
    '[2001:db8::1]:443',
    '[2001:DB8:0:0::1]:443',
  ])('allows %s', (authority) => {
    expect(list.allows(parseAuthority(authority)!)).toBe(true);
  });

  it.each([
    'api.example.com:80',
    'example.com:443',
    'x.api.example.com:443',
    'registry.example:443',
    'cdn.example.com:443',
    'evilcdn.example.com:443',
    'a.cdn.example.com:8443',
    'a.cdn.example.com.evil.example:443',
    '192.0.2.2:443',
    '192.0.2.1:80',
    '[::ffff:192.0.2.1]:443',
  ])('does not allow %s', (authority) => {
    expect(list.allows(parseAuthority(authority)!)).toBe(false);
  });

  it('allows nothing when it is empty', () => {
    expect(new EgressList([]).allows({ host: 'example.com', port: 443 })).toBe(false);
  });
});
