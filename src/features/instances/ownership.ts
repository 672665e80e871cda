import type { DataSource } from 'typeorm';
import { forbidden, notFound } from '../../kernel/errors.js';
import type { TriagedError } from '../../kernel/errors.js';
import type { TenantId } from '../../kernel/ids.js';

export type OwnedKind = 'instance' | 'triage run';

/** The error for an id that the tenant's own rows do not hold: FORBIDDEN for another tenant's, NOT_FOUND otherwise. */
export async function missError(
  dataSource: DataSource,
  kind: OwnedKind,
  tenantId: TenantId,
  id: string,
): Promise<TriagedError> {
  const [row] = await dataSource.query<[{ ownership: 'OWN' | 'FOREIGN' | 'NONE' }]>(
    'SELECT ownership_of($1, $2, $3) AS ownership',
    [kind, tenantId, id],
  );
  return row.ownership === 'FOREIGN' ? forbidden(kind, id) : notFound(kind, id);
}
