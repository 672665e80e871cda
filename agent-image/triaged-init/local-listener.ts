import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens where only this container's processes come, at this port or, with 0, any; resolves to the port. */
export const listenLocally = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
