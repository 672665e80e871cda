import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Rejects when the address cannot be had. Port 0 takes any; the answer says which. */
export async function listen(server: Server, host: string, port: number): Promise<{ readonly port: number }> {
  await once(server.listen(port, host), 'listening');
  return { port: (server.address() as AddressInfo).port };
}

/** Resolves when the last connection has ended: idle ones at once, busy ones after their answer or at the deadline. */
export async function stopListening(server: Server, deadlineMs: number): Promise<void> {
  if (!server.listening) return;
  const idle = setInterval(() => server.closeIdleConnections(), 25);
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearInterval(idle);
  clearTimeout(deadline);
}
