import { connect, type Socket } from 'node:net';
import { Backoff } from './channel-client.js';

export interface ChannelSocketOptions {
  readonly socketPath: string;
  readonly patienceMs: number;
  readonly allowHalfOpen?: boolean;
}

/** A connection to the server, tried again while it is away; rejects with the last error after the patience. */
export async function connectPatiently(options: ChannelSocketOptions, signal: AbortSignal): Promise<Socket> {
  const deadline = Date.now() + options.patienceMs;
  for (const pause = new Backoff(); ; await pause.wait(signal)) {
    try {
      return await connectOnce(options);
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
  }
}

const connectOnce = ({ socketPath: path, allowHalfOpen = false }: ChannelSocketOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
