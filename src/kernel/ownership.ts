import { forbidden, notFound } from './errors.js';
import type { TriagedError } from './errors.js';
import type { TenantId } from './ids.js';

/** What runs one statement: TypeORM's DataSource and EntityManager do. */
export interface SqlSource {
  query(statement: string, values?: unknown[]): Promise<unknown>;
}

export type Ownership = 'OWN' | 'FOREIGN' | 'NONE';

/** Asks whose object an id names, across tenants; the answer tells no more than that. `kind` as the migrations list it. */
export async function ownershipOf(source: SqlSource, kind: string, tenantId: TenantId, id: string): Promise<Ownership> {
  const rows = await source.query('SELECT ownership_of($1, $2, $3) AS ownership', [kind, tenantId, id]);
  return (rows as [{ ownership: Ownership }])[0].ownership;
}

/** The error for an id that the tenant's own rows do not hold: FORBIDDEN for another tenant's, NOT_FOUND otherwise. */
export async function missError(
  source: SqlSource,
  kind: string,
  tenantId: TenantId,
  id: string,
): Promise<TriagedError> {
  return missOf(await ownershipOf(source, kind, tenantId, id), kind, id);
}

/** As `missError`, for an ownership that is known. */
export const missOf = (ownership: Ownership, kind: string, id: string): TriagedError =>
  ownership === 'FOREIGN' ? forbidden(kind, id) : notFound(kind, id);
