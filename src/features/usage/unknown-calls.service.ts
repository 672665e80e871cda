import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId } from '../../kernel/ids.js';
import { queryCount, queryPage, SqlFilter } from '../../kernel/list-query.js';
import type { SqlSource } from '../../kernel/ownership.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';

/** A call that was begun and whose server was killed before it ended. */
export interface UnknownModelCall {
  readonly id: string;
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

const LIST = 'unknown model calls';
const COLUMNS = [
  ...['item.id', 'item.ai_agent AS "aiAgent"', 'item.run_id AS "runId"', 'item.created_at AS "createdAt"'],
];

/** Shows the calls of which nobody knows what became. */
export class UnknownCallsService {
  constructor(private readonly deps: UnknownCallsDependencies) {}

  /** Newest first. */
  async list(
    actor: Actor,
    instanceId: InstanceId,
    args: PageArguments,
    options: { readonly withTotal: boolean },
  ): Promise<Page<UnknownModelCall>> {
    const { source, pager, instances } = this.deps;
    const { tenantId } = actor;
    const request = pager.read(LIST, tenantId, args);
    await instances.requireKnown(actor, instanceId);
    const filter = new SqlFilter()
      .add((tenant) => `item.tenant_id = ${tenant}`, tenantId)
      .add((instance) => `item.instance_id = ${instance}`, instanceId);
    const list = { table: 'unknown_model_calls', columns: COLUMNS, filter };
    const [rows, totalCount] = await Promise.all([
      queryPage<UnknownModelCall>(source, list, request),
      options.withTotal ? queryCount(source, list) : undefined,
    ]);
    return { ...pager.page(LIST, tenantId, request, rows), ...(totalCount !== undefined && { totalCount }) };
  }
}
