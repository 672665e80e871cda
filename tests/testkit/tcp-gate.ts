import { once } from 'node:events';
import net from 'node:net';

/** A port before another server's that can be shut, as if that server had gone, and opened again. */
export interface TcpGate {
  readonly port: number;
  /** Ends what is open, and whatever comes, without a word of the server behind. */
  shut(): void;
  open(): void;
  /** From now on what is open stays open and passes nothing on, as after a lost route; what comes is served. */
  blackHole(): void;
  /** What comes from now on is served by another server. */
  leadTo(host: string, port: number): void;
  close(): Promise<void>;
}

export async function openTcpGate(host: string, port: number): Promise<TcpGate> {
  const clients = new Set<net.Socket>();
  const upstreams = new WeakMap<net.Socket, net.Socket>();
  const lost = new WeakSet<net.Socket>();
  const target = { host, port };
  let isShut = false;
  const server = net.createServer((client) => {
    client.on('error', () => client.destroy());
    if (isShut) {
      client.resume().end();
      return;
    }
    clients.add(client);
    const upstream = net.connect(target);
    upstream.on('error', () => client.end()).on('close', () => lost.has(client) || client.end());
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstreams.set(client, upstream);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shut = (): void => {
    isShut = true;
    for (const client of clients) client.end();
  };
  const blackHole = (): void => {
    for (const client of clients) {
      lost.add(client);
      client.unpipe().resume();
      upstreams.get(client)?.unpipe().resume();
    }
  };
  return {
    port: (server.address() as net.AddressInfo).port,
    shut,
    open: () => void (isShut = false),
    blackHole,
    leadTo: (otherHost, otherPort) => void ([target.host, target.port] = [otherHost, otherPort]),
    async close() {
      shut();
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
