import type { DataSource, SelectQueryBuilder } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { entityPage } from '../../kernel/entity-page.js';
import { badUserInput } from '../../kernel/errors.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { lineInput } from '../../kernel/text-input.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { ClusterService } from '../clusters/index.js';
import type { InstanceService } from '../instances/index.js';
import { runColumns, type LongText } from './run-columns.js';
import type { RunState } from './run-state.js';
import { TriageRunEntity } from './triage-run.entity.js';

/** As the client wrote it; null counts as left out. */
export interface RunFilter {
  readonly state?: RunState | null | undefined;
  readonly instanceId?: string | null | undefined;
  readonly aiAgent?: AiAgent | null | undefined;
  readonly clusterId?: string | null | undefined;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
  readonly search?: string | null | undefined;
}

const MAX_SEARCH_LENGTH = 200;

export interface TriageHistoryDependencies {
  readonly dataSource: DataSource;
  readonly instances: InstanceService;
  readonly clusters: Pick<ClusterService, 'get'>;
  readonly pager: Pager;
}

/** A tenant's runs, newest first. */
export class TriageHistory {
  constructor(private readonly deps: TriageHistoryDependencies) {}

  /**
   * Instances and clusters of other tenants are FORBIDDEN, unknown ones NOT_FOUND; an instance that was deleted still has
   * its runs. What is left out is undefined in these.
   */
  async page(
    actor: Actor,
    filter: RunFilter,
    args: PageArguments,
    { withTotal, without = [] }: { readonly withTotal: boolean; readonly without?: readonly LongText[] },
  ): Promise<Page<TriageRunEntity>> {
    const { dataSource, instances, clusters, pager } = this.deps;
    const { tenantId } = actor;
    const request = pager.read('triageRuns', tenantId, args);
    const matching = dataSource.manager
      .createQueryBuilder(TriageRunEntity, 'run')
      .select(runColumns(dataSource, without).map((column) => `run.${column}`))
      .where('run.tenant_id = :tenantId', { tenantId });
    const instanceId = narrow(matching, filter);
    if (instanceId !== undefined) await instances.requireKnown(actor, instanceId);
    if (filter.clusterId != null) {
      const { id } = await clusters.get(actor, filter.clusterId, 'filter.clusterId');
      matching.andWhere('run.cluster_id = :clusterId', { clusterId: id });
    }
    const [rows, totalCount] = await entityPage(matching, request, { withTotal });
    return pager.page('triageRuns', tenantId, request, rows, totalCount);
  }
}

/** Adds the filter's conditions; returns the instance that it names. */
function narrow(
  matching: SelectQueryBuilder<TriageRunEntity>,
  { state, aiAgent, from, to, ...filter }: RunFilter,
): InstanceId | undefined {
  if (from && to && to < from) throw badUserInput('filter.to', 'filter.to must not lie before filter.from.');
  if (state != null) matching.andWhere('run.state = :state', { state });
  if (aiAgent != null) matching.andWhere('run.ai_agent = :aiAgent', { aiAgent });
  if (from != null) matching.andWhere('run.created_at >= :from', { from });
  if (to != null) matching.andWhere('run.created_at < :to', { to });
  if (filter.search != null) {
    const search = lineInput('filter.search', 'A text to search for', filter.search, MAX_SEARCH_LENGTH);
    matching.andWhere('(strpos(lower(run.prompt), lower(:search)) > 0 OR starts_with(run.id::text, lower(:search)))', {
      search,
    });
  }
  if (filter.instanceId == null) return undefined;
  const instanceId = uuidArgument<InstanceId>('filter.instanceId', filter.instanceId);
  matching.andWhere('run.instance_id = :instanceId', { instanceId });
  return instanceId;
}
