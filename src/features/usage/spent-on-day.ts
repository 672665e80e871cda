import type { DataSource } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import type { ModelPrices } from './model-prices.js';
import type { Spending } from '../../ports/call-limiter.js';

interface Whose {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
}

const SPENT = `
  SELECT coalesce(sum(input_tokens + output_tokens + cache_read_tokens + cache_write_tokens + reasoning_tokens
      + unreported_tokens), 0)::text AS tokens, coalesce(sum(cost_nano_usd), 0)::text AS cost,
    coalesce(sum(unpriced_tokens + unreported_tokens), 0)::text AS unpriced
  FROM usage_daily WHERE tenant_id = $1 AND instance_id = $2 AND ai_agent = $3 AND day = $4`;

/** Reads what the database knows an AI agent to have spent on a day, `YYYY-MM-DD` in UTC. */
export const spentOnDay =
  (dataSource: DataSource, prices: Pick<ModelPrices, 'budgetCostOf'>) =>
  ({ tenantId, instanceId, aiAgent }: Whose, day: string): Promise<Spending> =>
    inTenant(tenantId, async () => {
      const [row] = await dataSource.query<[Record<'tokens' | 'cost' | 'unpriced', string>]>(SPENT, [
        tenantId,
        instanceId,
        aiAgent,
        day,
      ]);
      const cost = { nanoUsd: Number(row.cost), unpricedTokens: Number(row.unpriced) };
      return { tokens: Number(row.tokens), costNanoUsd: prices.budgetCostOf(cost) };
    });
