import type { DataSource } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import { entityPage } from '../../kernel/entity-page.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { instanceName } from './instance-input.js';
import { InstanceEntity } from './instance.entity.js';
import type { InstanceState } from './instance.entity.js';
import { viewsOf } from './instance.views.js';
import type { InstanceView } from './instance.views.js';

/** As the client wrote it; null counts as left out. */
export interface InstanceFilter {
  /** Exactly this name. */
  readonly name?: string | null | undefined;
  readonly state?: InstanceState | null | undefined;
}

/** A tenant's instances, newest first; deleted ones are not among them. */
export class InstanceList {
  constructor(private readonly deps: { readonly dataSource: DataSource; readonly pager: Pager }) {}

  async page(
    { tenantId }: Actor,
    { name, state }: InstanceFilter,
    args: PageArguments,
    options: { readonly withTotal: boolean },
  ): Promise<Page<InstanceView>> {
    const { dataSource, pager } = this.deps;
    const request = pager.read('instances', tenantId, args);
    const matching = dataSource.manager
      .createQueryBuilder(InstanceEntity, 'instance')
      .where('instance.tenant_id = :tenantId AND instance.deleted_at IS NULL', { tenantId });
    if (name != null) matching.andWhere('instance.name = :name', { name: instanceName('filter.name', name) });
    if (state != null) matching.andWhere('instance.state = :state', { state });
    const [rows, totalCount] = await entityPage(matching, request, options);
    const page = pager.page('instances', tenantId, request, rows, totalCount);
    return { ...page, items: await viewsOf(dataSource.manager, page.items) };
  }
}
