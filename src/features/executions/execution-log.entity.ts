import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { AgentId, ExecutionId, InstanceId, TenantId } from '../../kernel/ids.js';
import type { TokenFigures } from '../usage/index.js';

/** One run of an agent. Written once, never changed; survives its agent. */
@Entity('execution_logs')
export class ExecutionLogEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: TenantId;

  @PrimaryColumn({ type: 'uuid' })
  id!: ExecutionId;

  /** The agent may be gone. */
  @Column({ name: 'agent_id', type: 'uuid' })
  agentId!: AgentId;

  /** At that time. */
  @Column({ name: 'agent_name', type: 'text' })
  agentName!: string;

  @Column({ type: 'text' })
  prompt!: string;

  @Column({ name: 'system_prompt', type: 'text' })
  systemPrompt!: string;

  @Column({ type: 'text' })
  model!: string;

  @Column({ type: 'text' })
  response!: string;

  @Column({ type: 'text', array: true })
  warnings!: string[];

  /** Null, as is what follows, for an answer of the mock. */
  @Column({ name: 'instance_id', type: 'uuid', nullable: true })
  instanceId!: InstanceId | null;

  @Column({ name: 'ai_agent', type: 'text', nullable: true })
  aiAgent!: AiAgent | null;

  @Column({ type: 'jsonb', nullable: true })
  usage!: TokenFigures | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
