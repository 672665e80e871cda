import type { Logger } from 'pino';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { AI_AGENT_NAMES } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import { AiAgentConfigurationEntity } from './ai-agent-configuration.entity.js';
import type { ConfigurationFolder } from './configuration-folder.js';

export interface ConfigurationFilesDependencies {
  readonly dataSource: DataSource;
  readonly folders: ConfigurationFolder;
  readonly logger: Logger;
}

/** The newest revision of each AI agent on these instances of one tenant, in one statement; removals among them. */
export function latestConfigurations(
  manager: EntityManager,
  tenantId: TenantId,
  instanceIds: readonly InstanceId[],
): Promise<AiAgentConfigurationEntity[]> {
  return manager
    .createQueryBuilder(AiAgentConfigurationEntity, 'c')
    .distinctOn(['c.instance_id', 'c.ai_agent'])
    .where({ tenantId, instanceId: In([...instanceIds]) })
    .orderBy('c.instance_id')
    .addOrderBy('c.ai_agent')
    .addOrderBy('c.revision', 'DESC')
    .getMany();
}

/**
 * Makes instances' folders hold what the database holds. Called after a commit, never in a transaction: what was rolled
 * back has left no file, and what could not be written is mended by the next call, at the latest at the server's start.
 */
export class ConfigurationFiles {
  /** Of each instance the last call, so that an older state is never written after a newer one. */
  readonly #under = new Map<InstanceId, Promise<void>>();

  constructor(private readonly deps: ConfigurationFilesDependencies) {}

  /** Never rejects: the change is committed already. A failure is the operator's, and in the log. */
  async materialise(tenantId: TenantId, instanceId: InstanceId): Promise<void> {
    const before = this.#under.get(instanceId) ?? Promise.resolve();
    const mine = before.then(() => inTenant(tenantId, () => this.#write(tenantId, instanceId)));
    this.#under.set(instanceId, mine);
    await mine;
    if (this.#under.get(instanceId) === mine) this.#under.delete(instanceId);
  }

  /** Every instance's folder, as at the server's start. */
  async materialiseAll(): Promise<void> {
    const instances = await this.deps.dataSource.query<{ tenant_id: TenantId; id: InstanceId }[]>(
      `SELECT tenant_id, id FROM instances_with_files()`,
    );
    for (const { tenant_id: tenantId, id } of instances) await this.materialise(tenantId, id);
  }

  async #write(tenantId: TenantId, instanceId: InstanceId): Promise<void> {
    const { dataSource, folders, logger } = this.deps;
    try {
      const [instance] = await dataSource.query<[{ deleted: boolean }?]>(
        `SELECT deleted_at IS NOT NULL AS deleted FROM instances WHERE tenant_id = $1 AND id = $2`,
        [tenantId, instanceId],
      );
      if (!instance || instance.deleted) return await folders.removeInstance(instanceId);
      const latest = await latestConfigurations(dataSource.manager, tenantId, [instanceId]);
      for (const aiAgent of AI_AGENT_NAMES) {
        const configuration = latest.find((each) => each.aiAgent === aiAgent && !each.removed);
        if (configuration) await folders.write(instanceId, aiAgent, configuration);
        else await folders.remove(instanceId, aiAgent);
      }
    } catch (error) {
      logger.error({ err: error, instanceId }, 'the configuration files of an instance could not be written');
    }
  }
}
