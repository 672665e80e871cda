import { once } from 'node:events';
import net from 'node:net';

/** A port before another server's that can be shut, as if that server had gone, and opened again. */
export interface TcpGate {
  readonly port: number;
  /** Ends what is open, and whatever comes, without a word of the server behind. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

export async function openTcpGate(host: string, port: number): Promise<TcpGate> {
  const clients = new Set<net.Socket>();
  let isShut = false;
  const server = net.createServer((client) => {
    client.on('error', () => client.destroy());
    if (isShut) {
      client.resume().end();
      return;
    }
    clients.add(client);
    const upstream = net.connect(port, host);
    upstream.on('error', () => client.end()).on('close', () => client.end());
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shut = (): void => {
    isShut = true;
    for (const client of clients) client.end();
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    shut,
    open: () => void (isShut = false),
    async close() {
      shut();
      server.close();
      await once(server, 'close');
    },
  };
}
