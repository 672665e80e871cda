import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';

/** ROTATED keys still serve what has pinned them; REVOKED ones serve nothing. */
export const CREDENTIAL_STATES = ['ACTIVE', 'ROTATED', 'REVOKED'] as const;
export type CredentialState = (typeof CREDENTIAL_STATES)[number];

/** One version of an AI agent's key on an instance; at most one version is ACTIVE. */
@Entity('credentials')
export class CredentialEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: TenantId;

  @PrimaryColumn({ name: 'instance_id', type: 'uuid' })
  instanceId!: InstanceId;

  @PrimaryColumn({ name: 'ai_agent', type: 'text' })
  aiAgent!: AiAgent;

  /** Counted from 1 for each AI agent of an instance. */
  @PrimaryColumn({ type: 'integer' })
  version!: number;

  @Column({ type: 'text', default: 'ACTIVE' })
  state!: CredentialState;

  /** As CredentialSealer wrote it; null once it was destroyed. */
  @Column({ type: 'bytea', nullable: true })
  sealed!: Buffer | null;

  /** Equal for equal keys of one tenant, and of no use without the master secret. */
  @Column({ type: 'text' })
  fingerprint!: string;

  /** Null for keys so short that four characters would tell much of them. */
  @Column({ name: 'last_four', type: 'text', nullable: true })
  lastFour!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** The API key of who stored it; null for what was stored before that was kept. */
  @Column({ name: 'created_by', type: 'text', nullable: true })
  createdBy!: string | null;

  @Column({ name: 'rotated_at', type: 'timestamptz', precision: 3, nullable: true })
  rotatedAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  /** When the ciphertext was destroyed. */
  @Column({ name: 'destroyed_at', type: 'timestamptz', precision: 3, nullable: true })
  destroyedAt!: Date | null;
}
