import type { IncomingMessage } from 'node:http';

/**
 * The IP address at the other end of the connection: behind a proxy, the proxy's, since a header that names another can be
 * written by anybody. Undefined when the connection is gone already.
 */
export const clientAddressOf = ({ socket }: IncomingMessage): string | undefined =>
  // A server that listens on both families sees IPv4 addresses mapped into IPv6.
  socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '');
