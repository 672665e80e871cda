import { BlockList, isIP } from 'node:net';

/** Under these prefixes an IPv6 address stands for an IPv4 one: IPv4-mapped (RFC 4291) and NAT64 (RFC 6052). */
const MAPPED = '::ffff:';
const NAT64 = '64:ff9b::';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A set of IP networks. */
export class IpNetworks {
  readonly #list = new BlockList();

  /** CIDR notation. An IPv4 network also covers the IPv6 forms of its addresses. Throws for what is not a network. */
  constructor(networks: Iterable<string>) {
    for (const network of networks) this.#add(network);
  }

  has(address: string): boolean {
    return this.#list.check(address, familyOf(address));
  }

  #add(network: string): void {
    const [address = '', prefix = ''] = network.split('/');
    const bits = Number(prefix);
    this.#list.addSubnet(address, bits, familyOf(address));
    if (isIP(address) !== 4) return;
    for (const form of [MAPPED, NAT64]) this.#list.addSubnet(form + address, 96 + bits, 'ipv6');
  }
}

export function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128);
}

/**
 * Never dialled, whatever the operator allows: this host and network, link-local, multicast and broadcast addresses, and
 * where clouds answer metadata and credentials.
 */
export const NEVER = new IpNetworks([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  // Metadata: Alibaba, Azure, Oracle; AWS, Google, Scaleway.
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
  'fd00:42::42/128',
]);

/** Special-purpose addresses (IANA's registries), which are not of the public internet. */
const SPECIAL = new IpNetworks([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  // Teredo and others for protocols, documentation, 6to4.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);

const GLOBAL = new IpNetworks(['0.0.0.0/0', '2000::/3']);

/** True for an address of the public internet. */
export const isPublic = (address: string): boolean =>
  GLOBAL.has(address) && !SPECIAL.has(address) && !NEVER.has(address);

/** Where clusters and companies' own hosts usually are: private, shared and unique local addresses. */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] as const;
