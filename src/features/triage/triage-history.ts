import type { DataSource } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import { entityPage } from '../../kernel/entity-page.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { InstanceService } from '../instances/index.js';
import { runColumns, type LongText } from './run-columns.js';
import type { RunState } from './run-state.js';
import { TriageRunEntity } from './triage-run.entity.js';

/** As the client wrote it; null counts as left out. */
export interface RunFilter {
  readonly state?: RunState | null | undefined;
  readonly instanceId?: string | null | undefined;
}

export interface TriageHistoryDependencies {
  readonly dataSource: DataSource;
  readonly instances: InstanceService;
  readonly pager: Pager;
}

/** A tenant's runs, newest first. */
export class TriageHistory {
  constructor(private readonly deps: TriageHistoryDependencies) {}

  /** Instances of other tenants are FORBIDDEN, unknown ones NOT_FOUND; one that was deleted still has its runs. What is left out is undefined in these. */
  async page(
    actor: Actor,
    { state, instanceId }: RunFilter,
    args: PageArguments,
    { withTotal, without = [] }: { readonly withTotal: boolean; readonly without?: readonly LongText[] },
  ): Promise<Page<TriageRunEntity>> {
    const { dataSource, instances, pager } = this.deps;
    const { tenantId } = actor;
    const request = pager.read('triageRuns', tenantId, args);
    const matching = dataSource.manager
      .createQueryBuilder(TriageRunEntity, 'run')
      .select(runColumns(dataSource, without).map((column) => `run.${column}`))
      .where('run.tenant_id = :tenantId', { tenantId });
    if (state != null) matching.andWhere('run.state = :state', { state });
    if (instanceId != null) {
      const id = uuidArgument<InstanceId>('filter.instanceId', instanceId);
      await instances.requireKnown(actor, id);
      matching.andWhere('run.instance_id = :instanceId', { instanceId: id });
    }
    const [rows, totalCount] = await entityPage(matching, request, { withTotal });
    return pager.page('triageRuns', tenantId, request, rows, totalCount);
  }
}
