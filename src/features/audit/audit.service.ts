import type { Actor } from '../../kernel/actor.js';
import { badUserInput } from '../../kernel/errors.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { lineInput } from '../../kernel/text-input.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { AuditAction, RecordedEvent } from './audit-event.js';
import type { AuditFilter, AuditRepository } from './audit.repository.js';

export interface AuditServiceDependencies {
  readonly repository: Pick<AuditRepository, keyof AuditRepository>;
  readonly pager: Pager;
}

/** As the client wrote it; null counts as left out. */
export interface AuditFilterArguments {
  readonly instanceId?: string | null | undefined;
  readonly action?: AuditAction | null | undefined;
  readonly keyId?: string | null | undefined;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

const MAX_KEY_ID_LENGTH = 128;

/** Shows a tenant's audit trail. */
export class AuditService {
  constructor(private readonly deps: AuditServiceDependencies) {}

  /** Newest first. An instance that is gone can still be filtered by: its events stay. */
  async list(
    actor: Actor,
    filter: AuditFilterArguments,
    args: PageArguments,
    options: { readonly withTotal: boolean },
  ): Promise<Page<RecordedEvent>> {
    const { repository, pager } = this.deps;
    const { tenantId } = actor;
    const request = pager.read('audit events', tenantId, args);
    const checked = filterInput(filter);
    const [rows, totalCount] = await Promise.all([
      repository.list(tenantId, checked, request),
      options.withTotal ? repository.count(tenantId, checked) : undefined,
    ]);
    if (rows.length === 0 && checked.instanceId !== undefined) {
      const missing = await repository.missingInstance(tenantId, checked.instanceId);
      if (missing) throw missing;
    }
    return pager.page('audit events', tenantId, request, rows, totalCount);
  }
}

function filterInput({ instanceId, action, keyId, from, to }: AuditFilterArguments): AuditFilter {
  if (from && to && to < from) throw badUserInput('filter.to', 'filter.to must not lie before filter.from.');
  return {
    instanceId: typeof instanceId === 'string' ? uuidArgument<InstanceId>('filter.instanceId', instanceId) : undefined,
    action: action ?? undefined,
    keyId: typeof keyId === 'string' ? lineInput('filter.keyId', 'A key id', keyId, MAX_KEY_ID_LENGTH) : undefined,
    from: from ?? undefined,
    to: to ?? undefined,
  };
}
