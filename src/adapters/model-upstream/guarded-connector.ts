import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as tlsConnect } from 'node:tls';
import type { buildConnector } from 'undici';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import { guardedConnect } from '../../kernel/guarded-connect.js';

/**
 * How undici connects where a tenant says: to addresses that the policy permits, asked at each new connection; without TLS only
 * to networks that the operator added, since the key can be read on the way.
 */
export function guardedConnector(policy: ConnectPolicy, timeoutMs: number): buildConnector.connector {
  const connect = async (host: string, port: string, isTls: boolean): Promise<Socket> => {
    const target = { host, port: Number(port) || (isTls ? 443 : 80) };
    const socket = await guardedConnect(target, { policy, timeoutMs, onlyAdded: !isTls });
    return isTls ? secure(socket, host, timeoutMs) : socket;
  };
  return ({ hostname, port, protocol }, callback) => {
    connect(hostname.replace(/^\[|\]$/g, ''), port, protocol === 'https:').then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error as Error, null),
    );
  };
}

async function secure(socket: Socket, host: string, timeoutMs: number): Promise<Socket> {
  const secured = tlsConnect({
    socket,
    // An IP address is no server name (RFC 6066).
    servername: isIP(host) === 0 ? host : '',
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    ALPNProtocols: ['http/1.1'],
  });
  try {
    await once(secured, 'secureConnect', { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    secured.destroy();
    throw error;
  }
  return secured;
}
