import type { MigrationInterface, QueryRunner } from 'typeorm';

/** However long ago an instance was deleted, its folder may still be there: who asks says which folders there are. */
export class FindLeftFolders20261122000050 implements MigrationInterface {
  readonly name = 'FindLeftFolders20261122000050';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION instances_with_files()`);
    await queryRunner.query(`CREATE FUNCTION instances_with_files(folders uuid[]) RETURNS TABLE (tenant_id text, id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT instance.tenant_id, instance.id FROM instances AS instance
        WHERE deleted_at IS NULL OR instance.id = ANY (folders)
    $$`);
    await callableByTheApplication(queryRunner, 'instances_with_files(uuid[])');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION instances_with_files(uuid[])`);
    await queryRunner.query(`CREATE FUNCTION instances_with_files() RETURNS TABLE (tenant_id text, id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT instance.tenant_id, instance.id FROM instances AS instance
        WHERE deleted_at IS NULL OR deleted_at > clock_timestamp() - interval '7 days'
    $$`);
    await callableByTheApplication(queryRunner, 'instances_with_files()');
  }
}

async function callableByTheApplication(queryRunner: QueryRunner, name: string): Promise<void> {
  await queryRunner.query(`REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`);
  await queryRunner.query(`GRANT EXECUTE ON FUNCTION ${name} TO triaged_app`);
}
