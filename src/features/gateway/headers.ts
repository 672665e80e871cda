import type { IncomingHttpHeaders } from 'node:http';
import { KnownTokens } from '../../kernel/known-tokens.js';

type Headers = Readonly<Record<string, string>>;

/** RFC 9110 section 7.6.1, and what older implementations send. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);
/**
 * Of the agent's request: credentials of any provider, what undici writes itself, what would make the answer unreadable on
 * the way, and what would make another call of it.
 */
const NOT_FORWARDED = new Set([
  ...['x-api-key', 'x-goog-api-key', 'api-key', 'authorization', 'cookie', 'host', 'content-length', 'expect'],
  ...['accept-encoding', 'forwarded'],
  ...['x-http-method-override', 'x-method-override', 'x-http-method', 'x-original-url', 'x-rewrite-url'],
  // Whose account is charged is the key's own choice.
  ...['openai-organization', 'openai-project'],
]);
/** Names the gateway's own failure, so that it is not taken for the provider's; no provider's answer bears it. */
export const FAILURE_HEADER = 'x-triaged-failure';
const NOT_RETURNED = new Set(['set-cookie', 'alt-svc', 'strict-transport-security', FAILURE_HEADER]);

const NONE: ReadonlySet<string> = new Set();

const namedByConnection = (connection: string | undefined): ReadonlySet<string> =>
  connection === undefined || connection === 'keep-alive'
    ? NONE
    : new Set(connection.split(',').map((name) => name.trim().toLowerCase()));

/**
 * The headers for the provider: the agent's without hop-by-hop ones and credentials, and `credential` in their place. A body is
 * called what the gateway read it as, whatever the agent calls it.
 */
export function upstreamHeaders(received: IncomingHttpHeaders, credential: Headers, hasBody: boolean): Headers {
  const hops = namedByConnection(received.connection);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value === undefined || HOP_BY_HOP.has(name) || hops.has(name)) continue;
    if (NOT_FORWARDED.has(name) || name.startsWith('x-forwarded-')) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const content = hasBody ? { 'content-type': 'application/json' } : {};
  return { ...headers, ...content, 'accept-encoding': 'identity', ...credential };
}

/** The headers for the agent: the provider's, less those that concern the connection to the provider alone. */
export function downstreamHeaders(received: Headers): Headers {
  const hops = namedByConnection(received.connection);
  return Object.fromEntries(
    Object.entries(received).filter(([name]) => !HOP_BY_HOP.has(name) && !hops.has(name) && !NOT_RETURNED.has(name)),
  );
}

/** Every key that a request presents, in whichever provider's way; `query` is what stands behind `key=`. */
export function presentedKeys(received: IncomingHttpHeaders, query: readonly string[]): readonly string[] {
  const bearer = /^bearer +(.+)$/i.exec(received.authorization ?? '')?.[1];
  const inHeaders = [received['x-api-key'], received['x-goog-api-key'], received['api-key'], bearer];
  return [...inHeaders.flatMap((key) => key ?? []), ...query];
}

/** Of each list of keys, because a run's is asked for with each of its calls. */
const known = new WeakMap<readonly string[], KnownTokens>();

/** True when at least one key is presented and each is one of these; takes the same time for any other. */
export function isAmong(keys: readonly string[], presented: readonly string[]): boolean {
  const tokens = known.get(keys) ?? new KnownTokens(keys.filter((key) => key !== ''));
  known.set(keys, tokens);
  return presented.length > 0 && presented.every((key) => tokens.has(key));
}
