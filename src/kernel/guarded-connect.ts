import { lookup } from 'node:dns/promises';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { ConnectPolicy } from './connect-policy.js';
import { isPort, parseHost, type Endpoint } from './host-name.js';

const MESSAGES = {
  INVALID: 'The host is neither a DNS name nor an IP address in its usual form, or the port is not one.',
  UNRESOLVED: 'The host has no address.',
  FORBIDDEN: 'The host is on a network to which this server does not connect.',
  UNREACHABLE: 'The host does not accept the connection.',
  TIMED_OUT: 'The host does not answer in time.',
} as const;

export type ConnectFailure = keyof typeof MESSAGES;

/** A connection that was not made. Neither reason nor message tells which addresses the host has. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  constructor(
    readonly reason: ConnectFailure,
    options?: ErrorOptions,
  ) {
    super(MESSAGES[reason], options);
  }
}

export interface GuardedConnectOptions {
  readonly policy: ConnectPolicy;
  /** Refuses what is not on a network that the operator added: for what nobody else may overhear. */
  readonly onlyAdded?: boolean;
  /** For resolving and connecting together. */
  readonly timeoutMs: number;
  /** Ends the attempt, which then rejects with the signal's reason; the socket that was handed over is the caller's. */
  readonly signal?: AbortSignal;
  /** Keeps our side open when the other side has ended; the caller ends it. */
  readonly allowHalfOpen?: boolean;
}

/**
 * The one way to dial a host that a client or an agent names: resolves it, checks every address, and dials exactly what was
 * checked, one address after the other; a name is not resolved a second time. One refused address refuses the host.
 * Rejects with ConnectError. Who follows a redirect calls this again.
 */
export async function guardedConnect(target: Endpoint, options: GuardedConnectOptions): Promise<Socket> {
  const host = parseHost(target.host);
  const { port } = target;
  if (host === undefined || !isPort(port)) throw new ConnectError('INVALID');
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const ending = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  try {
    const addresses = await untilAborted(checkedAddresses(options, { host, port }), ending);
    return await dialInTurn(addresses, port, options, ending);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw deadline.aborted ? new ConnectError('TIMED_OUT') : error;
  }
}

/** Every address of a name, from the system's resolver. */
export const systemResolver = async (name: string): Promise<readonly string[]> =>
  (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);

async function checkedAddresses(
  { policy, onlyAdded = false }: GuardedConnectOptions,
  { host, port }: Endpoint,
): Promise<readonly string[]> {
  const addresses = await policy.addressesOf(host).catch((error: unknown) => {
    throw new ConnectError('UNRESOLVED', { cause: error });
  });
  if (addresses.length === 0) throw new ConnectError('UNRESOLVED');
  const permitted = await policy.permits(addresses, port).catch((error: unknown) => {
    throw new ConnectError('FORBIDDEN', { cause: error });
  });
  if (!permitted || (onlyAdded && !addresses.every((address) => policy.isAdded(address)))) {
    throw new ConnectError('FORBIDDEN');
  }
  return addresses;
}

/** An address that is silent leaves the others their share of the time. */
async function dialInTurn(
  addresses: readonly string[],
  port: number,
  { timeoutMs, allowHalfOpen = false }: GuardedConnectOptions,
  ending: AbortSignal,
): Promise<Socket> {
  const shareMs = Math.ceil(timeoutMs / addresses.length);
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const share = isLast ? ending : AbortSignal.any([ending, AbortSignal.timeout(shareMs)]);
    try {
      return await dial({ host: address, port, allowHalfOpen }, share);
    } catch (error) {
      ending.throwIfAborted();
      failure = error;
    }
  }
  throw new ConnectError('UNREACHABLE', { cause: failure });
}

function dial(options: TcpNetConnectOpts, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const settle = (): void => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail).off('connect', succeed);
    };
    const fail = (error: Error): void => {
      settle();
      // Destroyed sockets may still fail; nobody would listen.
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const abort = (): void => fail(signal.reason as Error);
    const succeed = (): void => {
      settle();
      resolve(socket);
    };
    socket.on('error', fail).on('connect', succeed);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
