import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import type { ModelProvider } from '../../ports/model-upstream.js';

/** One revision of an AI agent's configuration on an instance, or of its removal; revisions are never changed. */
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

  /** The AI agent was taken from the instance; the other columns are empty. */
  @Column({ type: 'boolean', default: false })
  removed!: boolean;

  /** Null is the adapter's default. */
  @Column({ type: 'text', nullable: true })
  provider!: ModelProvider | null;

  /** Where the provider's API is, as `checkedBaseUrl` writes it; null is where the operator has it. */
  @Column({ name: 'base_url', type: 'text', nullable: true })
  baseUrl!: string | null;

  /** For runs that name none; null leaves the choice to the runner. */
  @Column({ name: 'allowed_tools', type: 'text', array: true, nullable: true })
  allowedTools!: string[] | null;

  /** Null leaves the choice to the CLI's default. */
  @Column({ type: 'text', nullable: true })
  model!: string | null;

  /** What the AI agent's adapter allows beyond the model; never a secret. */
  @Column({ type: 'jsonb', default: {} })
  settings!: object;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** The readable prefix of the API key that did it; null before this was kept. */
  @Column({ name: 'configured_by', type: 'text', nullable: true })
  configuredBy!: string | null;
}
