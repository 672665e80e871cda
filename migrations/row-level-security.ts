import type { QueryRunner } from 'typeorm';

/**
 * Shows the application a table's rows of its present tenant alone, and takes such rows alone from it. Whoever migrates, and
 * functions that run as it, see all; any other role that may read the table sees nothing. For each table with a tenant_id.
 */
export async function isolateTenants(queryRunner: QueryRunner, table: string, privileges: string): Promise<void> {
  for (const statement of [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY own_tenant ON ${table} TO triaged_app USING (tenant_id = current_setting('triaged.tenant', true))`,
    `CREATE POLICY owner ON ${table} TO CURRENT_USER USING (true)`,
    `GRANT ${privileges} ON ${table} TO triaged_app`,
  ]) {
    await queryRunner.query(statement);
  }
}
