import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';

/** The driver gives a bigint as text; these figures stay far below 2^53. */
const asNumber: ValueTransformer = { to: (value: number) => value, from: (value: string) => Number(value) };

/** What one AI agent of one instance used in one UTC day. */
@Entity('usage_daily')
export class UsageDaily {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  readonly tenantId!: TenantId;

  @PrimaryColumn({ name: 'instance_id', type: 'uuid' })
  readonly instanceId!: InstanceId;

  @PrimaryColumn({ name: 'ai_agent', type: 'text' })
  readonly aiAgent!: AiAgent;

  /** `YYYY-MM-DD` */
  @PrimaryColumn({ name: 'day', type: 'date' })
  readonly day!: string;

  @Column({ name: 'request_count', type: 'bigint', transformer: asNumber })
  readonly requestCount!: number;

  @Column({ name: 'error_count', type: 'bigint', transformer: asNumber })
  readonly errorCount!: number;

  @Column({ name: 'input_tokens', type: 'bigint', transformer: asNumber })
  readonly inputTokens!: number;

  @Column({ name: 'output_tokens', type: 'bigint', transformer: asNumber })
  readonly outputTokens!: number;

  @Column({ name: 'cache_read_tokens', type: 'bigint', transformer: asNumber })
  readonly cacheReadTokens!: number;

  @Column({ name: 'cache_write_tokens', type: 'bigint', transformer: asNumber })
  readonly cacheWriteTokens!: number;
}
