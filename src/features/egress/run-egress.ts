import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import { ConnectError, guardedConnect, type ConnectFailure } from '../../kernel/guarded-connect.js';
import { parseAuthority, parseHost, type Endpoint } from '../../kernel/host-name.js';
import { ChannelRefusal } from '../run-channel/index.js';
import { EgressList } from './egress-list.js';
import { withRefusal, type NetworkRecord } from './network-record.js';

/** Tunnels of one run at once. */
const MAX_TUNNELS = 32;
const DIAL_TIMEOUT_MS = 10_000;
const SAVE_AFTER_MS = 1_000;

const STATUS: Readonly<Record<ConnectFailure, number>> = {
  INVALID: 403,
  FORBIDDEN: 403,
  UNRESOLVED: 502,
  UNREACHABLE: 502,
  TIMED_OUT: 504,
};

export interface RunEgressOptions {
  /** The instance's list as it stood when the run was asked for. */
  readonly egress: readonly string[];
  /** The run's cluster, if it has one; asked until it is known. */
  readonly cluster: () => Promise<Endpoint | undefined>;
  readonly policies: { readonly cluster: ConnectPolicy; readonly egress: ConnectPolicy };
  /** What an earlier owner of the run has kept. */
  readonly record: NetworkRecord;
  /** Keeps the record; called within a second or so of a change, and again when it fails. */
  readonly save: (record: NetworkRecord) => Promise<unknown>;
  readonly logger: Logger;
}

/** One run's way to its cluster and to the hosts on its egress list; everything else is refused and remembered. */
export class RunEgress {
  readonly #list: EgressList;
  readonly #closing = new AbortController();
  readonly #open = new Set<Socket>();
  /** Without the bytes of open tunnels. */
  #record: NetworkRecord;
  #dialling = 0;
  #cluster: Endpoint | undefined;
  #saving: NodeJS.Timeout | undefined;

  constructor(private readonly options: RunEgressOptions) {
    this.#list = new EgressList(options.egress);
    this.#record = options.record;
  }

  get record(): NetworkRecord {
    return [...this.#open].reduce(withBytesOf, this.#record);
  }

  /**
   * A connection to `host:port`, as CONNECT names it, with `allowHalfOpen`; `gone` ends the attempt. Throws ChannelRefusal:
   * 403 for what the run may not reach, 502 and 504 for what cannot be reached, 503 when the run has too many tunnels.
   */
  async dial(authority: string, gone: AbortSignal): Promise<Socket> {
    const target = parseAuthority(authority);
    const policy = target && (await this.#policyFor(target));
    if (!target || !policy) throw this.#refuse(authority, "This is neither the run's cluster nor on its egress list.");
    if (this.#open.size + this.#dialling >= MAX_TUNNELS) {
      throw new ChannelRefusal(503, `A run has at most ${MAX_TUNNELS} tunnels at once: end one and try again.`);
    }
    this.#dialling += 1;
    try {
      const signal = AbortSignal.any([gone, this.#closing.signal]);
      const options = { policy, timeoutMs: DIAL_TIMEOUT_MS, signal, allowHalfOpen: true };
      return this.#opened(await guardedConnect(target, options));
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      if (STATUS[error.reason] === 403) throw this.#refuse(authority, error.message);
      throw new ChannelRefusal(STATUS[error.reason], error.message);
    } finally {
      this.#dialling -= 1;
    }
  }

  /** Cuts every connection and keeps what is not kept yet; never rejects. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new Error('the run is over or has another owner'));
    clearTimeout(this.#saving);
    const isKept = this.#saving === undefined && this.#open.size === 0;
    for (const socket of this.#open) socket.destroy();
    if (isKept) return;
    await this.options.save(this.record).catch((error: unknown) => {
      this.options.logger.warn({ err: error }, "a run's last refused connections were not kept");
    });
  }

  async #policyFor(target: Endpoint): Promise<ConnectPolicy | undefined> {
    const { policies } = this.options;
    this.#cluster ??= await this.options.cluster().catch((error: unknown) => {
      if (!isDatabaseUnavailable(error)) throw error;
      throw new ChannelRefusal(503, "The run's cluster cannot be looked up now: try again.");
    });
    const cluster = this.#cluster;
    if (cluster && parseHost(cluster.host) === target.host && cluster.port === target.port) return policies.cluster;
    return this.#list.allows(target) ? policies.egress : undefined;
  }

  #opened(socket: Socket): Socket {
    this.#open.add(socket);
    this.#change({ ...this.#record, connections: this.#record.connections + 1 });
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#change(withBytesOf(this.#record, socket));
    });
    return socket;
  }

  #refuse(authority: string, message: string): ChannelRefusal {
    this.#change(withRefusal(this.#record, authority, new Date()));
    return new ChannelRefusal(403, message);
  }

  #change(record: NetworkRecord): void {
    if (record === this.#record) return;
    this.#record = record;
    this.#saveLater();
  }

  #saveLater(): void {
    if (this.#closing.signal.aborted) return;
    this.#saving ??= setTimeout(() => {
      this.#saving = undefined;
      this.options.save(this.record).catch((error: unknown) => {
        this.options.logger.warn({ err: error }, "a run's refused connections will be kept later");
        this.#saveLater();
      });
    }, SAVE_AFTER_MS);
  }
}

const withBytesOf = (record: NetworkRecord, socket: Socket): NetworkRecord => ({
  ...record,
  sentBytes: record.sentBytes + socket.bytesWritten,
  receivedBytes: record.receivedBytes + socket.bytesRead,
});
