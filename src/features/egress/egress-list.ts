import { isIP } from 'node:net';
import { badUserInput } from '../../kernel/errors.js';
import { formatAuthority, parseAuthority, parseHost, type Endpoint } from '../../kernel/host-name.js';

export const MAX_EGRESS_ENTRIES = 64;
const DEFAULT_PORT = 443;
const WILDCARD = '*.';

/** Which hosts the runs of an instance may reach beside their cluster. Empty: none. */
export class EgressList {
  readonly #entries: ReadonlySet<string>;

  /** `entries` as `parseEgress` gives them. */
  constructor(entries: readonly string[]) {
    this.#entries = new Set(entries);
  }

  allows(target: Endpoint): boolean {
    return candidates(target).some((entry) => this.#entries.has(entry));
  }
}

/**
 * Checks a list and writes its entries in one form: `host:port`, `*.domain:port`, `[v6]:port`; port 443 where none was
 * given. `*.domain` stands for every name below the domain and not for the domain. Throws BAD_USER_INPUT, naming the entry.
 */
export function parseEgress(path: string, entries: readonly string[]): string[] {
  if (entries.length > MAX_EGRESS_ENTRIES) {
    throw badUserInput(path, `An egress list has at most ${MAX_EGRESS_ENTRIES} entries.`, {
      maximum: MAX_EGRESS_ENTRIES,
    });
  }
  return entries.map((entry, index) => parseEntry(`${path}.${index}`, entry));
}

/** Those entries that are IP addresses, by their place in the list. */
export function* addressesIn(entries: readonly string[]): Generator<[number, Endpoint]> {
  for (const [index, entry] of entries.entries()) {
    const endpoint = parseAuthority(entry);
    if (endpoint && isIP(endpoint.host) !== 0) yield [index, endpoint];
  }
}

function parseEntry(path: string, entry: string): string {
  const isWildcard = entry.startsWith(WILDCARD);
  const rest = isWildcard ? entry.slice(WILDCARD.length) : entry;
  const host = parseHost(/^\[(.*)\]$/.exec(rest)?.[1] ?? rest);
  const endpoint = parseAuthority(rest) ?? (host === undefined ? undefined : { host, port: DEFAULT_PORT });
  if (!endpoint || (isWildcard && isIP(endpoint.host) !== 0)) {
    throw badUserInput(path, 'An entry is host, host:port, *.domain or *.domain:port, without scheme and path.');
  }
  if (isWildcard && !endpoint.host.includes('.')) {
    throw badUserInput(path, 'A wildcard stands below a domain of at least two labels, such as *.example.com.');
  }
  return (isWildcard ? WILDCARD : '') + formatAuthority(endpoint);
}

/** Every entry that would allow the target. */
function candidates(target: Endpoint): string[] {
  const exact = formatAuthority(target);
  if (isIP(target.host) !== 0) return [exact];
  const labels = exact.split('.');
  return [exact, ...labels.slice(1).map((_label, index) => WILDCARD + labels.slice(index + 1).join('.'))];
}
