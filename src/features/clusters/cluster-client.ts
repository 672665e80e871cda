import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { checkServerIdentity, connect as tlsConnect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { Pool } from 'undici';
import type { buildConnector } from 'undici';
import type { Endpoint } from '../../kernel/host-name.js';
import { parsedJson } from '../../kernel/json.js';
import { clusterAddress } from './cluster-connection.js';
import type { ClusterConnection } from './cluster-connection.js';

/** Connects to a host and port, or refuses to. */
export type Dial = (target: Endpoint, signal: AbortSignal) => Promise<Socket>;

export interface ClusterAnswer {
  readonly status: number;
  /** Undefined when the answer is not JSON. */
  readonly body: unknown;
}

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
const MAX_HEADER_BYTES = 32 * 1024;
const CONNECTIONS = 4;

/** Speaks to one cluster's API server, in the name of its credential. Follows no redirect. Close it after use. */
export class ClusterClient {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    private readonly options: {
      readonly connection: ClusterConnection;
      readonly dial: Dial;
      /** Bounds everything that the client does. */
      readonly signal: AbortSignal;
    },
  ) {
    const { credential, serverUrl } = options.connection;
    const { origin, pathname } = new URL(serverUrl);
    this.#basePath = pathname.replace(/\/$/, '');
    this.#headers = {
      accept: 'application/json',
      ...(credential.kind === 'TOKEN' && { authorization: `Bearer ${credential.token}` }),
    };
    const connect: buildConnector.connector = (_, callback) => {
      this.#connect().then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error as Error, null),
      );
    };
    this.#pool = new Pool(origin, {
      connect,
      connections: CONNECTIONS,
      maxResponseSize: MAX_ANSWER_BYTES,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
  }

  get(path: string): Promise<ClusterAnswer> {
    return this.#call('GET', path);
  }

  post(path: string, body: object): Promise<ClusterAnswer> {
    return this.#call('POST', path, JSON.stringify(body));
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #call(method: 'GET' | 'POST', path: string, body?: string): Promise<ClusterAnswer> {
    const answer = await this.#pool.request({
      method,
      path: this.#basePath + path,
      headers: { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body ?? null,
      signal: this.options.signal,
    });
    return { status: answer.statusCode, body: parsedJson(await answer.body.text()) };
  }

  async #connect(): Promise<TLSSocket> {
    const { connection, dial, signal } = this.options;
    const address = clusterAddress(connection);
    const name = connection.tlsServerName ?? address.host;
    const { credential, certificateAuthority } = connection;
    const socket = await dial(address, signal);
    return new Promise((resolve, reject) => {
      const secured = tlsConnect({
        socket,
        // An IP address is no server name (RFC 6066).
        servername: isIP(name) === 0 ? name : '',
        checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
        ALPNProtocols: ['http/1.1'],
        ...(certificateAuthority !== null && { ca: certificateAuthority }),
        ...(credential.kind === 'CLIENT_CERTIFICATE' && { cert: credential.certificate, key: credential.key }),
      });
      const abort = (): void => void secured.destroy(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      secured.once('error', reject);
      secured.once('secureConnect', () => {
        secured.off('error', reject);
        signal.removeEventListener('abort', abort);
        resolve(secured);
      });
    });
  }
}
