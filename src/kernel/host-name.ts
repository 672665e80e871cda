import { isIP } from 'node:net';

const MAX_NAME_LENGTH = 253;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** `2130706433`, `0x7f.1`, `127.1`: what the system's resolver takes for an IPv4 address and no name ends in. */
const NUMBER = /^(\d+|0x[0-9a-f]*)$/;

/**
 * A host as it may be dialled or listed: an IPv4 address in four decimal parts, an IPv6 address in its shortest form
 * without brackets or zone, or a DNS name; lower case, no dot at its end. Undefined for anything else, so a host that passes is safe to print.
 */
export function parseHost(text: string): string | undefined {
  const host = text.toLowerCase();
  if (isIP(host) !== 0) return host.includes('%') ? undefined : canonicalAddress(host);
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  const labels = name.split('.');
  if (name.length > MAX_NAME_LENGTH || !labels.every((label) => LABEL.test(label))) return undefined;
  return NUMBER.test(labels.at(-1)!) ? undefined : name;
}

/** One text for each address: IPv6 has many (RFC 5952). */
const canonicalAddress = (address: string): string =>
  isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

/** `host:port` or `[v6]:port`, as in a URL's authority and in CONNECT (RFC 9110, 9.3.6); undefined when it is not. */
export function parseAuthority(text: string): Endpoint | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = parseHost(bracketed ?? plain ?? '');
  const port = Number(digits);
  if (host === undefined || !isPort(port) || (bracketed !== undefined) !== (isIP(host) === 6)) return undefined;
  return { host, port };
}

export const formatAuthority = ({ host, port }: Endpoint): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

export interface Endpoint {
  /** A name or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}
