import { request } from 'node:http';

export type EngineAnswer =
  | { readonly answers: true; readonly address: string }
  /** `reason` says what was tried and what came of it. */
  | { readonly answers: false; readonly reason: string };

const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/** Asks a Docker engine's `/_ping`, at DOCKER_HOST or the default socket, for two seconds at most. */
export async function findDockerEngine(dockerHost: string | undefined, timeoutMs = 2000): Promise<EngineAnswer> {
  const address = dockerHost ?? DEFAULT_HOST;
  const target = targetOf(address);
  if (!target) return { answers: false, reason: `${address} is neither unix:// nor tcp://` };
  return new Promise((resolve) => {
    const fail = (why: string) => resolve({ answers: false, reason: `tried ${address}: ${why}` });
    const ping = request({ ...target, path: '/_ping', signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve({ answers: true, address });
      else fail(`it answered ${response.statusCode ?? 'nothing'}`);
    });
    ping.on('error', (error: NodeJS.ErrnoException) => fail(explain(error, timeoutMs)));
    ping.end();
  });
}

function targetOf(address: string): { socketPath: string } | { host: string; port: string } | undefined {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length) };
  if (!address.startsWith('tcp://') || !URL.canParse(address)) return undefined;
  const { hostname, port } = new URL(address);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port || '2375' };
}

function explain(error: NodeJS.ErrnoException, timeoutMs: number): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  if (error.code === 'ENOENT') return 'there is no such socket';
  if (error.code === 'EACCES') return 'this user may not use the socket';
  if (error.code === 'ECONNREFUSED') return 'nothing listens there';
  return error.message;
}
