import type { DataSource, EntityManager } from 'typeorm';
import { inTenant } from '../../kernel/tenant-scope.js';
import { AiAgentLimitsEntity } from './ai-agent-limits.entity.js';
import { NO_LIMITS } from './ai-agent-limits.js';
import type { AiAgentLimits, LimitsOwner } from './ai-agent-limits.js';

/** Reads limits for calls that no request of the tenant's brings. */
export class LimitsStore {
  constructor(private readonly dataSource: DataSource) {}

  read(owner: LimitsOwner): Promise<AiAgentLimits> {
    return inTenant(owner.tenantId, () => limitsOf(this.dataSource.manager, owner));
  }
}

/** What was set, or none. */
export async function limitsOf(
  manager: EntityManager,
  { tenantId, instanceId, aiAgent }: LimitsOwner,
): Promise<AiAgentLimits> {
  return (await manager.findOneBy(AiAgentLimitsEntity, { tenantId, instanceId, aiAgent })) ?? NO_LIMITS;
}
