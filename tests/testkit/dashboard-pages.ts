import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Role } from '../../src/kernel/actor.js';
import { TestBrowser } from './browser.js';
import type { OpenedPage, PageOptions } from './browser.js';
import type { TestClient } from './client.js';
import { startScriptedApiServer } from './scripted-api-server.js';
import type { ScriptedApiServer } from './scripted-api-server.js';
import { startTenantsServer } from './tenants-server.js';
import type { TenantsServer } from './tenants-server.js';

/** A server of the tenant `acme` with the dashboard, a cluster to register, and a browser. Needs dist/. */
export class DashboardRig {
  readonly admin: TestClient;

  private constructor(
    private readonly server: TenantsServer,
    readonly cluster: ScriptedApiServer,
    private readonly browser: TestBrowser,
  ) {
    this.admin = server.client('acme', 'ADMIN');
  }

  static async start(): Promise<DashboardRig> {
    execFileSync(process.execPath, [path.resolve(import.meta.dirname, '../../scripts/build-dashboard.mjs')], {
      timeout: 120_000,
    });
    const server = await startTenantsServer({
      tenants: ['acme'],
      environment: {
        ...{ RATE_LIMIT_REQUESTS: '100000', CLUSTER_NETWORKS: '127.0.0.0/8' },
        ALLOWED_MODELS: 'gpt-4o,claude-sonnet-5-5',
      },
    });
    return new DashboardRig(server, await startScriptedApiServer(), await TestBrowser.start());
  }

  open(page: string, role: Role = 'ADMIN', options: PageOptions = {}): Promise<OpenedPage> {
    return this.browser.open(this.server.url + page, this.server.key('acme', role), options);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
    await this.cluster.close();
  }
}
