import { describe, expect, it } from '@jest/globals';
import { formatAuthority, parseAuthority, parseHost } from './host-name.js';

describe('parseHost', () => {
  it.each([
    ['example.com', 'example.com'],
    ['API.Example.COM.', 'api.example.com'],
    ['localhost', 'localhost'],
    ['kubernetes_api', 'kubernetes_api'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['10.0.0.1.nip.io', '10.0.0.1.nip.io'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::ffff:127.0.0.1', '::ffff:7f00:1'],
  ])('takes %j', (text, host) => {
    expect(parseHost(text)).toBe(host);
  });

  it.each([
    '',
    '.',
    'a..b',
    '.example.com',
    '-a.example',
    'a-.example',
    '*.example.com',
    'bücher.example',
    'example.com:443',
    'user@example.com',
    'example.com/x',
    'a b',
    'a\u0000.example',
    'a\r\nhost: b',
    '\u001b[2J',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
  ])('refuses %j, which is no name', (text) => {
    expect(parseHost(text)).toBeUndefined();
  });

  it.each([
    '2130706433',
    '0x7f000001',
    '0X7F.1',
    '0x',
    '127.1',
    '127.0.1',
    '017700000001',
    '0177.0.0.1',
    '127.0.0.01',
    '127.0.0.256',
    '1.2.3.4.5',
    'a.0x7f',
    '127.0.0.1.',
    '[::1]',
    '::1%lo',
    'fe80::1%eth0',
    '::ffff:127.1',
    '：：１',
    '①②⑦.0.0.1',
  ])('refuses %j, an address in a form that only some programs read', (text) => {
    expect(parseHost(text)).toBeUndefined();
  });
});

describe('parseAuthority', () => {
  it.each(['example.com:443', '192.0.2.1:6443', '[2001:db8::1]:6443', 'localhost:1', 'a:65535'])('takes %s', (text) => {
    const endpoint = parseAuthority(text);
    expect(endpoint && formatAuthority(endpoint)).toBe(text);
  });

  it.each([
    'example.com',
    'example.com:',
    'example.com:0',
    'example.com:65536',
    'example.com:044300',
    'example.com:-1',
    'example.com:80:80',
    'https://example.com:443',
    '2001:db8::1:443',
    '[192.0.2.1]:443',
    '[example.com]:443',
    ':443',
    'example.com:443 ',
    'example.com:443\n',
    'user@example.com:443',
  ])('refuses %j', (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  });
});
