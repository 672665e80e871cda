import { describe, expect, it } from '@jest/globals';
import { IpNetworks, isNetwork, isPublic, NEVER, PRIVATE_NETWORKS } from './ip-networks.js';

/** The IPv6 addresses that stand for an IPv4 one: IPv4-mapped, NAT64, both also in hexadecimal. */
function formsOf(address: string): string[] {
  const [a, b, c, d] = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const hex = `${a}${b}:${c}${d}`;
  return [`::ffff:${address}`, `::ffff:${hex}`, `0:0:0:0:0:FFFF:${hex}`, `64:ff9b::${address}`, `64:ff9b::${hex}`];
}

describe('addresses that are never dialled', () => {
  it.each(['0.0.0.0', '0.1.2.3', '169.254.169.254', '169.254.0.1', '224.0.0.1', '239.255.255.255', '255.255.255.255'])(
    '%s and its IPv6 forms',
    (address) => {
      for (const form of [address, ...formsOf(address)]) expect([form, NEVER.has(form)]).toEqual([form, true]);
    },
  );

  it.each(['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42'])(
    'the metadata address %s',
    (address) => {
      expect(NEVER.has(address)).toBe(true);
    },
  );

  it.each(['::', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'fe80::a9fe:a9fe'])('%s', (address) => {
    expect(NEVER.has(address)).toBe(true);
  });
});

describe('the public internet', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])(
    'holds %s',
    (address) => {
      expect(isPublic(address)).toBe(true);
    },
  );

  it.each([
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '240.0.0.1',
  ])('does not hold %s in any form', (address) => {
    for (const form of [address, ...formsOf(address)]) expect([form, isPublic(form)]).toEqual([form, false]);
  });

  it.each([
    '::1',
    '::127.0.0.1',
    '::7f00:1',
    'fc00::1',
    'fd12:3456::1',
    '2002:7f00:1::',
    '2001:0:4136:e378::1',
    '2001:db8::1',
    '64:ff9b:1::7f00:1',
    '100::1',
    '5f00::1',
    '4000::1',
  ])('does not hold %s', (address) => {
    expect(isPublic(address)).toBe(false);
  });
});

describe('IpNetworks', () => {
  it('covers the IPv6 forms of an IPv4 network, and no more', () => {
    const networks = new IpNetworks(['10.0.0.0/8', 'fd00::/8']);
    for (const address of ['10.255.0.1', '::ffff:10.0.0.1', 'fd12::1']) expect(networks.has(address)).toBe(true);
    for (const address of ['11.0.0.1', '::ffff:11.0.0.1', 'fc00::1', '::1']) expect(networks.has(address)).toBe(false);
  });

  it.each(['10.0.0.0/8', '0.0.0.0/0', '::/0', 'FD00::/8', '192.0.2.1/32', ...PRIVATE_NETWORKS])(
    'is made of networks such as %s',
    (text) => {
      expect(isNetwork(text)).toBe(true);
      expect(() => new IpNetworks([text])).not.toThrow();
    },
  );

  it.each(['', '10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0/8', 'example.com/8', '10.0.0.0/8/8', '10.0.0.0/-1'])(
    'is not made of %j',
    (text) => {
      expect(isNetwork(text)).toBe(false);
    },
  );
});
