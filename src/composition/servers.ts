import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/index.js';
import { PeerTokens, Peers, RunGroups, ServerDirectory, ServerStore } from '../features/servers/index.js';
import type { Endpoint } from '../kernel/host-name.js';
import type { MasterSecrets } from '../kernel/master-secrets.js';
import { endpointOf } from './connect-policies.js';

export interface ServersOptions {
  readonly workerSource: DataSource;
  readonly masterSecrets: MasterSecrets;
  /** Of this server. */
  readonly runGroup: string;
  readonly logger: Logger;
}

/** What this server knows of the others, and how it asks them. */
export function createServers({ workerSource, masterSecrets, runGroup, logger }: ServersOptions) {
  const store = new ServerStore({ dataSource: workerSource });
  const directory = new ServerDirectory({ store, logger });
  const tokens = new PeerTokens(masterSecrets);
  const peers = new Peers({ directory, tokens, logger });
  /** Where they listen. */
  const endpoints = (): Endpoint[] => directory.others.flatMap(({ url }) => endpointOf(url, 80) ?? []);
  return { directory, tokens, peers, endpoints, groups: new RunGroups(store, runGroup) };
}

export type Servers = ReturnType<typeof createServers>;

const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

/** Where other servers reach this one: as told, else where it listens, by the machine's name when that is everywhere. */
export function peerUrlOf({ peerUrl, host }: Pick<Config, 'peerUrl' | 'host'>, port: number): string {
  if (peerUrl !== undefined) return peerUrl;
  const reached = EVERY_ADDRESS.has(host) ? hostname() : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
