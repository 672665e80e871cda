import type { Config } from '../config/index.js';
import { ConnectPolicy } from '../kernel/connect-policy.js';
import { systemResolver } from '../kernel/guarded-connect.js';
import type { Endpoint } from '../kernel/host-name.js';

export interface ConnectPolicies {
  /** For clusters: preflights and what runs send them. */
  readonly cluster: ConnectPolicy;
  /** For hosts on instances' egress lists. */
  readonly egress: ConnectPolicy;
  /** For base URLs that tenants give of model providers. */
  readonly model: ConnectPolicy;
}

/** `databaseUrl` as it is used, also for the embedded Postgres; `listeners` are asked for at every dial. */
export function createConnectPolicies(
  config: Config,
  databaseUrl: string,
  listeners: () => readonly Endpoint[],
): ConnectPolicies {
  const services = [
    endpointOf(databaseUrl, 5432),
    endpointOf(config.redisUrl, 6379),
    endpointOf(config.dockerHost, 2375),
    endpointOf(config.tracing?.endpoint, config.tracing?.endpoint.startsWith('https:') ? 443 : 80),
  ].flatMap((endpoint) => endpoint ?? []);
  const ownServices = (): Endpoint[] => [...services, ...listeners()];
  const policyFor = (networks: readonly string[]): ConnectPolicy =>
    new ConnectPolicy({ networks, ownServices, resolve: systemResolver });
  return {
    cluster: policyFor(config.clusterNetworks),
    egress: policyFor(config.egressNetworks),
    model: policyFor(config.modelNetworks),
  };
}

/** Undefined for what does not listen on TCP. */
export function endpointOf(address: string | undefined, defaultPort: number): Endpoint | undefined {
  if (address === undefined || address.startsWith('unix:')) return undefined;
  const { hostname, port, searchParams } = new URL(address);
  // As in libpq, where a parameter outweighs the authority and a path is a socket's.
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : hostname.replace(/^\[|\]$/g, ''));
  if (host.startsWith('/')) return undefined;
  return { host, port: Number(searchParams.get('port') ?? (port === '' ? defaultPort : port)) };
}
