import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A unix socket before the Docker engine's that can hang, or cut what is open. */
export interface EngineProxy {
  /** Value for DOCKER_HOST. */
  readonly dockerHost: string;
  /** From now on takes connections and bytes, and answers nothing. */
  hang(): void;
  /** Serves new connections again, after ending those in which something is missing now. */
  recover(): void;
  /** Ends every connection that is open now; new ones work. */
  cut(): void;
  close(): Promise<void>;
}

export async function startEngineProxy(engineSocket: string): Promise<EngineProxy> {
  const directory = await mkdtemp(path.join(tmpdir(), 'engine-'));
  const socketPath = path.join(directory, 's');
  const open = new Set<net.Socket>();
  let hanging = false;
  const track = (socket: net.Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
  };
  const server = net.createServer((client) => {
    track(client);
    const engine = net.connect(engineSocket);
    track(engine);
    client.on('data', (bytes) => hanging || engine.write(bytes)).on('close', () => engine.destroy());
    engine.on('data', (bytes) => hanging || client.write(bytes)).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const cut = () => open.forEach((socket) => socket.destroy());
  return {
    dockerHost: `unix://${socketPath}`,
    hang: () => (hanging = true),
    recover: () => {
      cut();
      hanging = false;
    },
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
