import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';

/** What the runs of a started instance use, until it is stopped. */
@Entity('instance_pins')
export class InstancePinEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: TenantId;

  @PrimaryColumn({ name: 'instance_id', type: 'uuid' })
  instanceId!: InstanceId;

  @PrimaryColumn({ name: 'ai_agent', type: 'text' })
  aiAgent!: AiAgent;

  @Column({ name: 'configuration_revision', type: 'integer' })
  configurationRevision!: number;

  @Column({ name: 'credential_version', type: 'integer' })
  credentialVersion!: number;

  @Column({ name: 'pinned_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  pinnedAt!: Date;
}
