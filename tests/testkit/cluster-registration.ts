import type { TestClient } from './client.js';
import { CLUSTERS, registerCluster } from './clusters.js';
import type { ClusterView } from './clusters.js';
import { startApiServer } from './kubernetes/api-server.js';
import type { ApiServer } from './kubernetes/api-server.js';
import { startScriptedApiServer } from './scripted-api-server.js';
import type { ScriptedApiServer } from './scripted-api-server.js';
import { startTenantsServer } from './tenants-server.js';
import type { TenantsServer } from './tenants-server.js';

/** What is told of a cluster that cannot be had. */
export const unusable = (reason: string) => ({ status: 400, code: 'CLUSTER_UNUSABLE', details: { reason } });

/** A server of the tenants `acme` and `readers`, and clusters to be registered: one that tells the truth, one that tells a script. */
export class ClusterRegistration {
  readonly admin: TestClient;
  /** The script as each test finds it. */
  readonly original: ScriptedApiServer['script'];
  #names = 0;

  static async start(): Promise<ClusterRegistration> {
    const [real, scripted] = [await startApiServer(), await startScriptedApiServer()];
    const server = await startTenantsServer({
      tenants: ['acme', 'readers'],
      environment: { RATE_LIMIT_REQUESTS: '100000', CLUSTER_NETWORKS: '127.0.0.0/8,::1/128', LOG_LEVEL: 'trace' },
    });
    return new ClusterRegistration(server, real, scripted);
  }

  private constructor(
    readonly server: TenantsServer,
    readonly real: ApiServer,
    readonly scripted: ScriptedApiServer,
  ) {
    this.admin = server.client('acme', 'ADMIN');
    this.original = { ...scripted.script };
  }

  newName(): string {
    this.#names += 1;
    return `cluster-${this.#names}`;
  }

  register(kubeconfig: string, name = this.newName()): Promise<ClusterView> {
    return registerCluster(this.admin, kubeconfig, name);
  }

  /** The first error of a registration that must not succeed. */
  async refusalOf(kubeconfig: string, client = this.admin) {
    const input = { name: this.newName(), kubeconfig };
    const { status, errors } = await client.request(CLUSTERS.register, { input });
    return { status, message: errors?.[0]?.message, ...errors?.[0]?.extensions };
  }

  /** After each test. */
  reset(): void {
    Object.assign(this.scripted.script, this.original);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.real.close();
    await this.scripted.close();
  }
}
