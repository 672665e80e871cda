import type { IncomingMessage } from 'node:http';

/**
 * True for requests of our own pages, of the origins listed, and of clients that are no browser (they send no Origin).
 * Browsers let any page open a socket; only this keeps a foreign one from using it.
 */
export function isAllowedOrigin({ headers }: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
