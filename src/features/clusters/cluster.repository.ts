import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { TriagedError } from '../../kernel/errors.js';
import type { ClusterId, RunId, TenantId } from '../../kernel/ids.js';
import { queryCount, queryPage, SqlFilter } from '../../kernel/list-query.js';
import { missError } from '../../kernel/ownership.js';
import type { PageRequest } from '../../kernel/pager.js';
import { Audit } from '../audit/index.js';
import type { ClusterConnection } from './cluster-connection.js';
import type { ClusterCredentialPlace } from './cluster-sealer.js';
import { ClusterEntity } from './cluster.entity.js';
import { CLUSTER_COLUMNS } from './cluster.js';
import type { Cluster } from './cluster.js';

export interface ClusterFilter {
  /** Exactly this name. */
  readonly name?: string | undefined;
}

/** A connection as it lies in the database. */
export type SealedConnection = Omit<ClusterConnection, 'credential'> & Pick<ClusterEntity, 'sealed'>;

/** Set by the database. */
type Times = 'createdAt' | 'updatedAt' | 'checkedAt';
export type ClusterChanges = Partial<Omit<ClusterEntity, 'tenantId' | 'id' | Times>>;

const COLUMNS = Object.entries(CLUSTER_COLUMNS).map(([field, column]) => `item.${column} AS "${field}"`);
const NOW = () => 'clock_timestamp()';

/** Of a locked cluster, so that no run is queued meanwhile. */
const KEEP_FOR_RUNS = `
  INSERT INTO cluster_connections
      (tenant_id, cluster_id, version, server_url, certificate_authority, tls_server_name, namespace, sealed)
    SELECT tenant_id, id, credential_version, server_url, certificate_authority, tls_server_name, namespace, sealed
      FROM clusters AS cluster WHERE tenant_id = $1 AND id = $2 AND EXISTS (
        SELECT FROM triage_runs AS run WHERE run.tenant_id = $1 AND run.cluster_id = $2 AND run.ended_at IS NULL
          AND run.cluster_credential_version = cluster.credential_version)`;

const listOf = (tenantId: TenantId, { name }: ClusterFilter) => {
  const filter = new SqlFilter().add((tenant) => `item.tenant_id = ${tenant}`, tenantId);
  if (name !== undefined) filter.add((value) => `item.name = ${value}`, name);
  return { table: 'clusters', columns: COLUMNS, filter };
};

/** The SQL side of clusters; every call is of one tenant. What an actor changes is audited in the same transaction. */
export class ClusterRepository {
  constructor(private readonly dataSource: DataSource) {}

  insert(actor: Actor, cluster: Omit<ClusterEntity, Times>): Promise<void> {
    const { id: clusterId, credentialVersion, name, serverUrl } = cluster;
    return this.dataSource.transaction(async (manager) => {
      await manager.insert(ClusterEntity, cluster);
      const event = {
        action: 'CLUSTER_REGISTERED',
        clusterId,
        credentialVersion,
        details: { name, serverUrl },
      } as const;
      await Audit.record(manager, actor, event);
    });
  }

  /** The row with its sealed credential; undefined when the tenant has no such cluster. */
  async findSealed(tenantId: TenantId, id: ClusterId): Promise<ClusterEntity | undefined> {
    return (await this.dataSource.manager.findOneBy(ClusterEntity, { tenantId, id })) ?? undefined;
  }

  /** A connection that is the present one, or was until open runs' cluster was given another; undefined when it is neither. */
  async findConnection({
    tenantId,
    clusterId,
    version,
  }: ClusterCredentialPlace): Promise<SealedConnection | undefined> {
    const columns = `server_url AS "serverUrl", certificate_authority AS "certificateAuthority",
      tls_server_name AS "tlsServerName", namespace, sealed`;
    const [found] = await this.dataSource.query<[SealedConnection?]>(
      `SELECT ${columns} FROM clusters WHERE tenant_id = $1 AND id = $2 AND credential_version = $3
       UNION ALL SELECT ${columns} FROM cluster_connections WHERE tenant_id = $1 AND cluster_id = $2 AND version = $3`,
      [tenantId, clusterId, version],
    );
    return found;
  }

  /** The present version, which no update replaces until the transaction ends; undefined when there is no such cluster. */
  async holdVersion(manager: EntityManager, tenantId: TenantId, id: ClusterId): Promise<number | undefined> {
    const [row] = await manager.query<[{ version: number }?]>(
      `SELECT credential_version AS version FROM clusters WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE`,
      [tenantId, id],
    );
    return row?.version;
  }

  /** Writes what `change` makes of the row, which nobody else changes meanwhile. False when there is no such cluster. */
  update(
    actor: Actor,
    id: ClusterId,
    change: (present: ClusterEntity) => { changes: ClusterChanges; checked: boolean },
  ): Promise<boolean> {
    const { tenantId } = actor;
    return this.dataSource.transaction(async (manager) => {
      const present = await locked(manager, tenantId, id);
      if (!present) return false;
      const { changes, checked } = change(present);
      const times = { updatedAt: NOW, ...(checked && { checkedAt: NOW }) };
      if (changes.sealed) await manager.query(KEEP_FOR_RUNS, [tenantId, id]);
      await manager.update(ClusterEntity, { tenantId, id }, { ...changes, ...times });
      const { name, serverUrl, credentialVersion = present.credentialVersion } = changes;
      const details = { ...(name !== undefined && { name }), ...(serverUrl !== undefined && { serverUrl }) };
      await Audit.record(manager, actor, { action: 'CLUSTER_UPDATED', clusterId: id, credentialVersion, details });
      return true;
    });
  }

  /** Keeps what a preflight found out, unless the credential was replaced meanwhile. */
  keepFindings(
    actor: Actor,
    { tenantId, id, credentialVersion }: Pick<ClusterEntity, 'tenantId' | 'id' | 'credentialVersion'>,
    findings: Pick<ClusterEntity, 'kubernetesVersion' | 'access' | 'canReadSecrets' | 'warnings'>,
  ): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      const where = { tenantId, id, credentialVersion };
      const { affected } = await manager.update(ClusterEntity, where, { ...findings, checkedAt: NOW });
      if (affected === 0) return;
      const details = { canReadSecrets: `${findings.canReadSecrets}` };
      await Audit.record(manager, actor, { action: 'CLUSTER_CHECKED', clusterId: id, credentialVersion, details });
    });
  }

  /** False when there is no such cluster; the runs that keep it from being deleted when there are any. */
  delete(actor: Actor, id: ClusterId): Promise<boolean | RunId[]> {
    const { tenantId } = actor;
    return this.dataSource.transaction(async (manager) => {
      // The lock waits for runs that are being queued, and keeps further ones away.
      const cluster = await locked(manager, tenantId, id);
      if (!cluster) return false;
      const runs: { id: RunId }[] = await manager.query(
        `SELECT id FROM triage_runs WHERE tenant_id = $1 AND cluster_id = $2 AND ended_at IS NULL ORDER BY created_at`,
        [tenantId, id],
      );
      if (runs.length > 0) return runs.map((run) => run.id);
      await manager.delete(ClusterEntity, { tenantId, id });
      const { credentialVersion, name } = cluster;
      const event = { action: 'CLUSTER_DELETED', clusterId: id, credentialVersion, details: { name } } as const;
      await Audit.record(manager, actor, event);
      return true;
    });
  }

  async find(tenantId: TenantId, id: ClusterId): Promise<Cluster | undefined> {
    return (await this.findAll(tenantId, [id]))[0];
  }

  /** Those that there are, in no order. */
  findAll(tenantId: TenantId, ids: readonly ClusterId[]): Promise<Cluster[]> {
    return this.dataSource.query(
      `SELECT ${COLUMNS.join(', ')} FROM clusters AS item WHERE item.tenant_id = $1 AND item.id = ANY ($2::uuid[])`,
      [tenantId, ids],
    );
  }

  list(tenantId: TenantId, filter: ClusterFilter, page: PageRequest): Promise<Cluster[]> {
    return queryPage<Cluster>(this.dataSource, listOf(tenantId, filter), page);
  }

  count(tenantId: TenantId, filter: ClusterFilter): Promise<number> {
    return queryCount(this.dataSource, listOf(tenantId, filter));
  }

  /** Why the tenant has no such cluster. */
  missError(tenantId: TenantId, id: ClusterId): Promise<TriagedError> {
    return missError(this.dataSource, 'cluster', tenantId, id);
  }
}

const locked = (manager: EntityManager, tenantId: TenantId, id: ClusterId): Promise<ClusterEntity | null> =>
  manager.findOne(ClusterEntity, { where: { tenantId, id }, lock: { mode: 'pessimistic_write' } });
