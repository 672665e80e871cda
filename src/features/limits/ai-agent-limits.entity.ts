import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { safeInteger } from '../../kernel/columns.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import type { AiAgentLimits } from './ai-agent-limits.js';

const integer = { type: 'integer', nullable: true } as const;
const bigint = { type: 'bigint', nullable: true, transformer: safeInteger } as const;

@Entity('ai_agent_limits')
export class AiAgentLimitsEntity implements AiAgentLimits {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'instance_id', type: 'uuid' }) instanceId!: InstanceId;
  @PrimaryColumn({ name: 'ai_agent', type: 'text' }) aiAgent!: AiAgent;
  @Column({ ...integer, name: 'requests_per_minute' }) requestsPerMinute!: number | null;
  @Column({ ...bigint, name: 'tokens_per_minute' }) tokensPerMinute!: number | null;
  @Column({ ...integer, name: 'concurrent_calls' }) concurrentCalls!: number | null;
  @Column({ ...bigint, name: 'run_tokens' }) runTokens!: number | null;
  @Column({ ...bigint, name: 'run_cost_nano_usd' }) runCostNanoUsd!: number | null;
  @Column({ ...bigint, name: 'day_tokens' }) dayTokens!: number | null;
  @Column({ ...bigint, name: 'day_cost_nano_usd' }) dayCostNanoUsd!: number | null;
}
