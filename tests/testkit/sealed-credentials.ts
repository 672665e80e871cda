import pg from 'pg';
import { ClusterSealer } from '../../src/features/clusters/index.js';
import { CredentialSealer, Sealer } from '../../src/features/credentials/index.js';
import type { CredentialPlace } from '../../src/features/credentials/index.js';
import type { MasterSecrets } from '../../src/kernel/master-secrets.js';

export interface ReadKey extends CredentialPlace {
  readonly state: string;
  /** Null when it was destroyed. */
  readonly key: string | null;
}

/** Opens every credential of a database, past the servers. Throws when one does not open. */
export class SealedCredentials {
  private constructor(private readonly client: pg.Client) {}

  static async open(url: string): Promise<SealedCredentials> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new SealedCredentials(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** API keys, of one instance when it is named, newest first. */
  async keys(secrets: MasterSecrets, instanceId?: string): Promise<ReadKey[]> {
    const sealer = new CredentialSealer(new Sealer(secrets));
    const { rows } = await this.client.query<CredentialPlace & { state: string; sealed: Buffer | null }>(
      `SELECT tenant_id AS "tenantId", instance_id AS "instanceId", ai_agent AS "aiAgent", version, state, sealed
        FROM credentials WHERE $1::uuid IS NULL OR instance_id = $1 ORDER BY instance_id, version DESC`,
      [instanceId ?? null],
    );
    return rows.map(({ sealed, ...row }) => ({ ...row, key: sealed && sealer.open(row, sealed) }));
  }

  /** Clusters' tokens, those that only runs still have behind the present ones. */
  async tokens(secrets: MasterSecrets): Promise<string[]> {
    const sealer = new ClusterSealer(new Sealer(secrets));
    const { rows } = await this.client.query<Parameters<ClusterSealer['open']>[0] & { sealed: Buffer }>(
      `SELECT tenant_id AS "tenantId", id AS "clusterId", credential_version AS version, sealed FROM clusters
       UNION ALL SELECT tenant_id, cluster_id, version, sealed FROM cluster_connections`,
    );
    return rows.map(({ sealed, ...place }) => {
      const credential = sealer.open(place, sealed);
      return credential.kind === 'TOKEN' ? credential.token : '';
    });
  }
}
