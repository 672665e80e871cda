import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';

/** One revision of an AI agent's configuration on an instance; revisions are never changed. */
@Entity('ai_agent_configurations')
export class AiAgentConfigurationEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: TenantId;

  @PrimaryColumn({ name: 'instance_id', type: 'uuid' })
  instanceId!: InstanceId;

  @PrimaryColumn({ name: 'ai_agent', type: 'text' })
  aiAgent!: AiAgent;

  /** Counted from 1 for each AI agent of an instance. */
  @PrimaryColumn({ type: 'integer' })
  revision!: number;

  /** Null leaves the choice to the CLI's default. */
  @Column({ type: 'text', nullable: true })
  model!: string | null;

  /** What the AI agent's adapter allows beyond the model; never a secret. */
  @Column({ type: 'jsonb', default: {} })
  settings!: object;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
