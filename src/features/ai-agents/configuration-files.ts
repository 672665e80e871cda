import type { Logger } from 'pino';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { AI_AGENT_NAMES } from '../../kernel/ai-agents.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import { AiAgentConfigurationEntity } from './ai-agent-configuration.entity.js';
import type { ConfigurationFolder } from './configuration-folder.js';

export interface ConfigurationFilesDependencies {
  readonly dataSource: DataSource;
  readonly folders: ConfigurationFolder;
  readonly logger: Logger;
}

/** Instances whose folders are looked at together. */
const AT_ONCE = 8;

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

  /** Every instance's folder, as at the server's start; also those of instances that were deleted, when they are still there. */
  async materialiseAll(): Promise<void> {
    const instances = await this.deps.dataSource.query<{ tenant_id: TenantId; id: InstanceId }[]>(
      `SELECT tenant_id, id FROM instances_with_files($1)`,
      [await this.deps.folders.instances()],
    );
    const left = instances.values();
    const worker = async (): Promise<void> => {
      for (const { tenant_id: tenantId, id } of left) await this.materialise(tenantId, id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async #write(tenantId: TenantId, instanceId: InstanceId): Promise<void> {
    const { dataSource, folders } = this.deps;
    await this.#logged({ instanceId }, async () => {
      const [instance] = await dataSource.query<[{ deleted: boolean }?]>(
        `SELECT deleted_at IS NOT NULL AS deleted FROM instances WHERE tenant_id = $1 AND id = $2`,
        [tenantId, instanceId],
      );
      if (!instance || instance.deleted) return folders.removeInstance(instanceId);
      const latest = await latestConfigurations(dataSource.manager, tenantId, [instanceId]);
      for (const aiAgent of AI_AGENT_NAMES) {
        const configuration = latest.find((each) => each.aiAgent === aiAgent && !each.removed);
        await this.#logged({ instanceId, aiAgent }, () =>
          configuration ? folders.write(instanceId, aiAgent, configuration) : folders.remove(instanceId, aiAgent),
        );
      }
    });
  }

  /** A failure of one AI agent leaves the others theirs. */
  async #logged(of: { readonly instanceId: InstanceId; readonly aiAgent?: AiAgent }, work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      this.deps.logger.error({ err: error, ...of }, 'configuration files could not be written');
    }
  }
}
