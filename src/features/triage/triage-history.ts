import type { DataSource, SelectQueryBuilder } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { InstanceId } from '../../kernel/ids.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { pageArguments } from '../instances/index.js';
import type { InstanceService } from '../instances/index.js';
import { decodeCursor, encodeCursor } from './run-cursor.js';
import type { RunState } from './run-state.js';
import { TriageRunEntity } from './triage-run.entity.js';

export interface RunFilter {
  readonly state?: RunState | null | undefined;
  readonly instanceId?: string | null | undefined;
}

export interface RunPageArguments extends RunFilter {
  readonly limit: number;
  readonly offset: number;
  readonly after?: string | null | undefined;
}

export interface RunPage {
  readonly items: readonly TriageRunEntity[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** A tenant's runs, newest first. */
export class TriageHistory {
  constructor(private readonly deps: { readonly dataSource: DataSource; readonly instances: InstanceService }) {}

  /** Instances of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
  async page(actor: Actor, page: RunPageArguments): Promise<RunPage> {
    const { limit, offset } = pageArguments(page.limit, page.offset);
    const after = page.after == null ? undefined : decodeCursor('after', page.after);
    const query = (await this.#matching(actor, page))
      .orderBy('run.created_at', 'DESC')
      .addOrderBy('run.id', 'DESC')
      .limit(limit + 1)
      .offset(offset);
    if (after) query.andWhere('(run.created_at, run.id) < (:createdAt, :id)', after);
    const rows = await query.getMany();
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
  }

  async count(actor: Actor, filter: RunFilter): Promise<number> {
    return (await this.#matching(actor, filter)).getCount();
  }

  async #matching(actor: Actor, filter: RunFilter): Promise<SelectQueryBuilder<TriageRunEntity>> {
    const { tenantId } = actor;
    const query = this.deps.dataSource.manager
      .createQueryBuilder(TriageRunEntity, 'run')
      .where('run.tenant_id = :tenantId', { tenantId });
    if (filter.state != null) query.andWhere('run.state = :state', { state: filter.state });
    if (filter.instanceId != null) {
      const instanceId = uuidArgument<InstanceId>('instanceId', filter.instanceId);
      await this.deps.instances.requireKnown(actor, instanceId);
      query.andWhere('run.instance_id = :instanceId', { instanceId });
    }
    return query;
  }
}
