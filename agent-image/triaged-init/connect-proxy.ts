import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connectPatiently } from './channel-socket.js';
import { messageOf } from './diagnostics.js';
import { listenLocally } from './local-listener.js';
import { joinSockets } from './tunnel.js';

const CONNECT_PATIENCE_MS = 20_000;
/** The server ends idle tunnels sooner. */
const IDLE_MS = 15 * 60_000;
/** So that tunnels leave the channel connections for output and model calls; the server allows fewer. */
const MAX_CONNECTIONS = 64;

export interface ConnectProxy {
  /** e.g. `http://127.0.0.1:41234` */
  readonly url: string;
  close(): void;
}

export interface ConnectProxyOptions {
  readonly socketPath: string;
  readonly channelToken: string;
  /** Host and port of the model listener, which is here and not behind the server: for CLIs that do not heed NO_PROXY. */
  readonly modelAuthority: string;
  readonly connectPatienceMs?: number;
}

/**
 * An HTTP proxy on 127.0.0.1 that knows CONNECT only. The server decides where a tunnel may lead; its answer is passed on as
 * it is. While the server is away a CONNECT waits, then fails with 503.
 */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const tunnels = new Set<Socket>();
  const server = createServer((_request, response) => {
    const message = 'This proxy makes tunnels (CONNECT) and nothing else: use https.';
    response.writeHead(405, { 'content-type': 'application/json', allow: 'CONNECT' }).end(JSON.stringify({ message }));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connect', (request, client: Socket, head: Buffer) => {
    tunnels.add(client);
    client.on('error', () => client.destroy()).on('close', () => tunnels.delete(client));
    void tunnel(options, request, client, head);
  });
  const port = await listenLocally(server, 0);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
    for (const client of tunnels) client.destroy();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function tunnel(
  options: ConnectProxyOptions,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
): Promise<void> {
  const gone = new AbortController();
  client.on('close', () => gone.abort());
  try {
    if (request.url === options.modelAuthority) {
      const here = connect({ ...hostAndPort(options.modelAuthority), allowHalfOpen: true });
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      pass(client, here, head);
      return;
    }
    const { socketPath, connectPatienceMs: patienceMs = CONNECT_PATIENCE_MS } = options;
    const server = await connectPatiently({ socketPath, patienceMs, allowHalfOpen: true }, gone.signal);
    // The HTTP parser has let neither space nor line break into the target.
    server.write(
      `CONNECT ${request.url} HTTP/1.1\r\nhost: ${request.url}\r\nproxy-authorization: Bearer ${options.channelToken}\r\n\r\n`,
    );
    pass(client, server, head);
  } catch (error) {
    const body = JSON.stringify({ message: `The server is away: ${messageOf(error)}.` });
    const headers = `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close`;
    client.end(`HTTP/1.1 503 ${STATUS_CODES[503]}\r\n${headers}\r\n\r\n${body}`);
  }
}

function pass(client: Socket, onward: Socket, head: Buffer): void {
  if (head.length > 0) onward.write(head);
  joinSockets(client, onward, IDLE_MS);
}

function hostAndPort(authority: string): { host: string; port: number } {
  const { hostname, port } = new URL(`http://${authority}`);
  return { host: hostname, port: Number(port) };
}
