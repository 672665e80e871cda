import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import type { ProviderFeature } from '../../kernel/provider-features.js';

export const INSTANCE_STATES = ['STOPPED', 'RUNNING'] as const;
/**
 * How an agent comes by the provider's key. ENVIRONMENT: it stands in the agent's environment. BROKERED: the agent holds a
 * token that is good for its run at the gateway alone, which puts the key in its place.
 */
export const KEY_DELIVERIES = ['ENVIRONMENT', 'BROKERED'] as const;
export type KeyDelivery = (typeof KEY_DELIVERIES)[number];

export type InstanceState = (typeof INSTANCE_STATES)[number];

@Entity('instances')
export class InstanceEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: TenantId;

  @PrimaryColumn({ type: 'uuid' })
  id!: InstanceId;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', default: 'STOPPED' })
  state!: InstanceState;

  /** Hosts that runs may reach beside their cluster, as `parseEgress` writes them. */
  @Column({ type: 'text', array: true, default: [] })
  egress!: string[];

  @Column({ name: 'key_delivery', type: 'text', default: 'ENVIRONMENT' })
  keyDelivery!: KeyDelivery;

  /** What providers may do for its agents. Not pinned and not copied to runs: it holds for the next model call. */
  @Column({ name: 'provider_features', type: 'text', array: true, default: [] })
  providerFeatures!: ProviderFeature[];

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** Of the present start; null while stopped. */
  @Column({ name: 'started_at', type: 'timestamptz', precision: 3, nullable: true })
  startedAt!: Date | null;

  /** Kept for its history; to everything else it is not there. */
  @Column({ name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true })
  deletedAt!: Date | null;
}
