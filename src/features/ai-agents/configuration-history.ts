import type { DataSource } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { GatheredReads } from '../../kernel/gathered-reads.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import type { AiAgentConfigurationEntity } from './ai-agent-configuration.entity.js';

export interface ConfigurationPlace {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
}

export interface RevisionPage {
  readonly limit: number;
  readonly offset: number;
}

type Paged = ConfigurationPlace & RevisionPage;
type Revision = ConfigurationPlace & { readonly revision: number };

const COLUMNS = `tenant_id AS "tenantId", instance_id AS "instanceId", ai_agent AS "aiAgent", revision, removed, provider,
  base_url AS "baseUrl", allowed_tools AS "allowedTools", model, settings, created_at AS "createdAt",
  configured_by AS "configuredBy"`;

const isOf = (row: ConfigurationPlace, { instanceId, aiAgent }: ConfigurationPlace): boolean =>
  row.instanceId === instanceId && row.aiAgent === aiAgent;

/** Reads revisions: all that are asked for in one turn of the event loop in one statement. Remembers nothing. */
export class ConfigurationHistory {
  readonly #pages = new GatheredReads((asked: readonly Paged[]) => this.#readPages(asked));
  readonly #revisions = new GatheredReads((asked: readonly Revision[]) => this.#readRevisions(asked));

  constructor(private readonly dataSource: DataSource) {}

  /** Newest first; removals among them. */
  async page(place: ConfigurationPlace, { limit, offset }: RevisionPage): Promise<AiAgentConfigurationEntity[]> {
    const found = await this.#pages.ask(`${limit} ${offset} ${place.tenantId}`, { ...place, limit, offset });
    return found.filter((row) => isOf(row, place));
  }

  async revision(place: ConfigurationPlace, revision: number): Promise<AiAgentConfigurationEntity | undefined> {
    const found = await this.#revisions.ask(place.tenantId, { ...place, revision });
    return found.find((row) => isOf(row, place) && row.revision === revision);
  }

  #readPages(asked: readonly Paged[]): Promise<AiAgentConfigurationEntity[]> {
    const [{ tenantId, limit, offset }] = asked as readonly [Paged];
    return this.dataSource.query(
      `SELECT ${COLUMNS} FROM (SELECT *, row_number() OVER (PARTITION BY instance_id, ai_agent ORDER BY revision DESC) AS age
         FROM ai_agent_configurations WHERE tenant_id = $1 AND instance_id = ANY ($2::uuid[])) AS configuration
       WHERE age > $3 AND age <= $3::bigint + $4 ORDER BY configuration.revision DESC`,
      [tenantId, [...new Set(asked.map(({ instanceId }) => instanceId))], offset, limit],
    );
  }

  #readRevisions(asked: readonly Revision[]): Promise<AiAgentConfigurationEntity[]> {
    return this.dataSource.query(
      `SELECT ${COLUMNS} FROM ai_agent_configurations WHERE tenant_id = $1 AND (instance_id, ai_agent, revision) IN
         (SELECT * FROM unnest($2::uuid[], $3::text[], $4::integer[]))`,
      [
        asked[0]!.tenantId,
        asked.map(({ instanceId }) => instanceId),
        asked.map(({ aiAgent }) => aiAgent),
        asked.map(({ revision }) => revision),
      ],
    );
  }
}
