import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClusterId, TenantId } from '../../kernel/ids.js';
import type { ClusterAccess } from './cluster-access.js';
import type { ClusterCredential } from './cluster-connection.js';

/** A Kubernetes cluster that runs may reach. Unique by (tenant, name). */
@Entity('clusters')
export class ClusterEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: TenantId;

  @PrimaryColumn({ type: 'uuid' })
  id!: ClusterId;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'server_url', type: 'text' })
  serverUrl!: string;

  /** PEM; null where the machine's own list of authorities is used. */
  @Column({ name: 'certificate_authority', type: 'text', nullable: true })
  certificateAuthority!: string | null;

  @Column({ name: 'tls_server_name', type: 'text', nullable: true })
  tlsServerName!: string | null;

  @Column({ type: 'text' })
  namespace!: string;

  @Column({ name: 'credential_kind', type: 'text' })
  credentialKind!: ClusterCredential['kind'];

  /** Counted from 1; the sealed credential opens as this version alone. */
  @Column({ name: 'credential_version', type: 'integer' })
  credentialVersion!: number;

  @Column({ name: 'credential_expires_at', type: 'timestamptz', precision: 3, nullable: true })
  credentialExpiresAt!: Date | null;

  /** The credential as JSON, sealed. */
  @Column({ type: 'bytea' })
  sealed!: Buffer;

  @Column({ name: 'kubernetes_version', type: 'text', nullable: true })
  kubernetesVersion!: string | null;

  @Column({ type: 'jsonb' })
  access!: readonly ClusterAccess[];

  @Column({ name: 'can_read_secrets', type: 'boolean' })
  canReadSecrets!: boolean;

  @Column({ type: 'text', array: true })
  warnings!: readonly string[];

  /** Of the last preflight that came through. */
  @Column({ name: 'checked_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  checkedAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  updatedAt!: Date;
}
