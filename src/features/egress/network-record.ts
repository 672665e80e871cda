import { parseAuthority } from '../../kernel/host-name.js';

export const MAX_REFUSED_CONNECTIONS = 100;
const MAX_HOST_LENGTH = 253;

/** A destination that a run asked for and was not let to. */
export interface RefusedConnection {
  /** What the agent wrote, shortened, and with `?` for what is not printable ASCII. */
  readonly host: string;
  /** Null when it named none. */
  readonly port: number | null;
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly firstAt: string;
}

/** What a run did over its tunnels; kept with its row as JSON. */
export interface NetworkRecord {
  /** Tunnels that were made. */
  readonly connections: number;
  /** Bytes through its tunnels, as seen from the agent. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** The first destinations, in the order in which they were asked for; 100 at most, counts go on. */
  readonly refused: readonly RefusedConnection[];
}

export const EMPTY_NETWORK_RECORD: NetworkRecord = { connections: 0, sentBytes: 0, receivedBytes: 0, refused: [] };

/** The record with one more refusal; the same object when there is no room for another destination. */
export function withRefusal(record: NetworkRecord, authority: string, now: Date): NetworkRecord {
  const { host, port } = destinationOf(authority);
  const known = record.refused.findIndex((each) => each.host === host && each.port === port);
  if (known < 0 && record.refused.length >= MAX_REFUSED_CONNECTIONS) return record;
  const refused =
    known < 0
      ? [...record.refused, { host, port, count: 1, firstAt: now.toISOString() }]
      : record.refused.with(known, { ...record.refused[known]!, count: record.refused[known]!.count + 1 });
  return { ...record, refused };
}

/** An agent under a stranger's influence chooses this text, and people read it. */
function destinationOf(authority: string): { host: string; port: number | null } {
  const endpoint = parseAuthority(authority);
  if (endpoint) return endpoint;
  const [, host = authority, digits] = /^(.*):(\d{1,5})$/s.exec(authority) ?? [];
  const printable = host.slice(0, MAX_HOST_LENGTH).replace(/[^\x21-\x7e]/g, '?');
  return { host: printable, port: digits === undefined ? null : Number(digits) };
}
