import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import { CredentialEntity } from './credential.entity.js';

/** The newest version of each AI agent's key on these instances of one tenant, in one statement; no other can be ACTIVE. */
export function newestCredentials(
  manager: EntityManager,
  tenantId: TenantId,
  instanceIds: readonly InstanceId[],
): Promise<CredentialEntity[]> {
  return manager
    .createQueryBuilder(CredentialEntity, 'c')
    .distinctOn(['c.instance_id', 'c.ai_agent'])
    .where({ tenantId, instanceId: In([...instanceIds]) })
    .orderBy('c.instance_id')
    .addOrderBy('c.ai_agent')
    .addOrderBy('c.version', 'DESC')
    .getMany();
}
