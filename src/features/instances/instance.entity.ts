import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InstanceId, TenantId } from '../../kernel/ids.js';

export const INSTANCE_STATES = ['STOPPED', 'RUNNING'] as const;
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

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** Of the present start; null while stopped. */
  @Column({ name: 'started_at', type: 'timestamptz', precision: 3, nullable: true })
  startedAt!: Date | null;
}
