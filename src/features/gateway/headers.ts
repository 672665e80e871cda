import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

type Headers = Readonly<Record<string, string>>;

/** RFC 9110 section 7.6.1, and what older implementations send. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);
/** Of the agent's request: credentials, what undici writes itself, and what would make the answer unreadable on the way. */
const NOT_FORWARDED = new Set([
  ...['x-api-key', 'authorization', 'cookie', 'host', 'content-length', 'expect', 'accept-encoding', 'forwarded'],
]);
const NOT_RETURNED = new Set(['set-cookie', 'alt-svc', 'strict-transport-security']);

const namedByConnection = (connection: string | undefined): Set<string> =>
  new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));

/** The headers for the provider: the agent's without hop-by-hop ones, its credential replaced by `credential`. */
export function upstreamHeaders(received: IncomingHttpHeaders, credential: string): Headers {
  const hops = namedByConnection(received.connection);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value === undefined || HOP_BY_HOP.has(name) || hops.has(name)) continue;
    if (NOT_FORWARDED.has(name) || name.startsWith('x-forwarded-')) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { ...headers, 'accept-encoding': 'identity', 'x-api-key': credential };
}

/** The headers for the agent: the provider's, less those that concern the connection to the provider alone. */
export function downstreamHeaders(received: Headers): Headers {
  const hops = namedByConnection(received.connection);
  return Object.fromEntries(
    Object.entries(received).filter(([name]) => !HOP_BY_HOP.has(name) && !hops.has(name) && !NOT_RETURNED.has(name)),
  );
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** True when the request bears exactly this key, as `x-api-key` or as bearer token; takes the same time for any other. */
export function bearsCredential(received: IncomingHttpHeaders, credential: string): boolean {
  const apiKey = received['x-api-key'];
  const bearer = /^bearer +(.+)$/i.exec(received.authorization ?? '')?.[1];
  const presented = [apiKey, bearer].filter((key) => typeof key === 'string');
  const expected = digest(credential);
  return credential !== '' && presented.length > 0 && presented.every((key) => timingSafeEqual(digest(key), expected));
}
