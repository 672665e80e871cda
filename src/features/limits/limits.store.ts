import type { DataSource } from 'typeorm';
import { inTenant } from '../../kernel/tenant-scope.js';
import { AiAgentLimitsEntity } from './ai-agent-limits.entity.js';
import { NO_LIMITS } from './ai-agent-limits.js';
import type { AiAgentLimits, LimitsOwner } from './ai-agent-limits.js';

/** Reads limits for calls that no request of the tenant's brings. */
export class LimitsStore {
  constructor(private readonly dataSource: DataSource) {}

  read({ tenantId, instanceId, aiAgent }: LimitsOwner): Promise<AiAgentLimits> {
    return inTenant(tenantId, async () => {
      const row = await this.dataSource.manager.findOneBy(AiAgentLimitsEntity, { tenantId, instanceId, aiAgent });
      return row ?? NO_LIMITS;
    });
  }
}
