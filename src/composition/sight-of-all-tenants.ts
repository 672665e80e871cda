import type { DataSource } from 'typeorm';
import { StartupError } from '../kernel/startup-error.js';

/** Of a role, whether row-level security shows it every row of the table. */
const seesAll = (role: string, table: string): string => `(
  (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE oid = ${role}) OR EXISTS (
    SELECT FROM pg_policy, unnest(polroles) AS holder
      WHERE polrelid = ${table} AND polname = 'owner' AND pg_has_role(${role}, holder, 'USAGE')))`;

const ISOLATED = `SELECT polrelid AS relation FROM pg_policy
  WHERE polname = 'own_tenant' AND polrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`;

const PRESENT = 'quote_ident(current_user)::regrole';

/** What an administrator has to do before the role that has logged in, and functions that answer across tenants, see all. */
const LACKING = `
  SELECT format('ALTER POLICY owner ON %s TO %I', relation::regclass, current_user) AS remedy
    FROM (${ISOLATED}) AS isolated WHERE NOT ${seesAll(PRESENT, 'relation')}
  UNION ALL
  SELECT format('ALTER FUNCTION %s OWNER TO %I', f.oid::regprocedure, current_user)
    FROM pg_proc AS f WHERE f.prosecdef AND f.pronamespace = 'public'::regnamespace
      AND EXISTS (SELECT FROM (${ISOLATED}) AS isolated WHERE NOT ${seesAll('f.proowner', 'relation')})
  ORDER BY remedy`;

/**
 * Throws a StartupError unless the role that has logged in is shown the rows of all tenants, as the one that made the tables
 * is: to another one, every table looks empty, and whatever works on all rows would find nothing left to do.
 */
export async function requireSight(dataSource: DataSource): Promise<void> {
  const lacking = await dataSource.query<{ remedy: string }[]>(LACKING);
  if (lacking.length === 0) return;
  throw new StartupError(
    'Row-level security hides rows from the role in DATABASE_URL, because another one made the tables. Log in as that one, ' +
      `or have an administrator run: ${lacking.map(({ remedy }) => remedy).join('; ')}`,
  );
}
