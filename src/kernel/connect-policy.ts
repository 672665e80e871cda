import { networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import type { Endpoint } from './host-name.js';
import { IpNetworks, isPublic, NEVER } from './ip-networks.js';

export interface ConnectPolicyOptions {
  /** What may be dialled beside the public internet, in CIDR notation; addresses that are never dialled stay refused. */
  readonly networks: readonly string[];
  /** Endpoints that are never dialled for anybody: our database, our Redis, the engine, our own listeners. */
  readonly ownServices: () => readonly Endpoint[];
  /** All addresses of a name. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
}

/** Which addresses may be dialled in a client's or an agent's name. */
export class ConnectPolicy {
  readonly #networks: IpNetworks;

  constructor(private readonly options: ConnectPolicyOptions) {
    this.#networks = new IpNetworks(options.networks);
  }

  /** An address stands for itself. Rejects when the name does not resolve. */
  async addressesOf(host: string): Promise<readonly string[]> {
    return isIP(host) === 0 ? this.options.resolve(host) : [host];
  }

  /** True when every one of these addresses may be dialled at this port. */
  async permits(addresses: readonly string[], port: number): Promise<boolean> {
    const own = await this.#ownAddresses(port);
    return addresses.every(
      (address) =>
        isIP(address) !== 0 &&
        !NEVER.has(address) &&
        !own.has(address) &&
        (isPublic(address) || this.#networks.has(address)),
    );
  }

  /** Whether the operator added any network. */
  get addsNetworks(): boolean {
    return this.options.networks.length > 0;
  }

  /** Whether the operator added a network that this address is on. */
  isAdded(address: string): boolean {
    return isIP(address) !== 0 && this.#networks.has(address);
  }

  /** Where our own services listen at this port. Rejects when that cannot be known, so that nothing is dialled then. */
  async #ownAddresses(port: number): Promise<IpNetworks> {
    const services = this.options.ownServices().filter((service) => service.port === port);
    const found = (await Promise.all(services.map(({ host }) => this.addressesOf(host)))).flat();
    const local = localAddresses();
    const localNetworks = new IpNetworks(local);
    // Whatever listens at one address of this machine may listen at all of them.
    const isLocal = found.some((address) => localNetworks.has(address));
    return new IpNetworks([...found.map(asNetwork), ...(isLocal ? local : [])]);
  }
}

function localAddresses(): string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return ['0.0.0.0/32', '127.0.0.0/8', '::/128', '::1/128', ...interfaces.map(({ address }) => asNetwork(address))];
}

const asNetwork = (address: string): string => `${address}/${isIP(address) === 6 ? 128 : 32}`;
