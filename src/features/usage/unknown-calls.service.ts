import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId } from '../../kernel/ids.js';
import { queryCount, queryPage, SqlFilter } from '../../kernel/list-query.js';
import type { SqlSource } from '../../kernel/ownership.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';

/** A call that was begun and whose server was killed before it ended. */
export interface UnknownModelCall {
  readonly id: string;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  readonly runId: RunId | null;
  /** When it began. */
  readonly createdAt: Date;
}

export interface UnknownCallsDependencies {
  readonly source: SqlSource;
  readonly pager: Pager;
  /** Rejects with NOT_FOUND or FORBIDDEN unless the instance is the actor's tenant's. */
  readonly instances: { requireKnown(actor: Actor, id: InstanceId): Promise<unknown> };
}

/** As the client wrote it; null counts as left out. */
export interface UnknownCallsFilter {
  readonly instanceId?: string | null | undefined;
}

const LIST = 'unknown model calls';
const COLUMNS = [
  ...['item.id', 'item.instance_id AS "instanceId"', 'item.ai_agent AS "aiAgent"', 'item.run_id AS "runId"'],
  'item.created_at AS "createdAt"',
];

/** Shows the calls of which nobody knows what became. */
export class UnknownCallsService {
  constructor(private readonly deps: UnknownCallsDependencies) {}

  /** Newest first; those of an instance that was deleted stay. */
  async list(
    actor: Actor,
    { instanceId }: UnknownCallsFilter,
    args: PageArguments,
    options: { readonly withTotal: boolean },
  ): Promise<Page<UnknownModelCall>> {
    const { source, pager, instances } = this.deps;
    const { tenantId } = actor;
    const request = pager.read(LIST, tenantId, args);
    const filter = new SqlFilter().add((tenant) => `item.tenant_id = ${tenant}`, tenantId);
    if (typeof instanceId === 'string') {
      const id = uuidArgument<InstanceId>('filter.instanceId', instanceId);
      await instances.requireKnown(actor, id);
      filter.add((instance) => `item.instance_id = ${instance}`, id);
    }
    const list = { table: 'unknown_model_calls', columns: COLUMNS, filter };
    const [rows, totalCount] = await Promise.all([
      queryPage<UnknownModelCall>(source, list, request),
      options.withTotal ? queryCount(source, list) : undefined,
    ]);
    return pager.page(LIST, tenantId, request, rows, totalCount);
  }
}
