import pg from 'pg';

async function ask<T extends pg.QueryResultRow>(databaseUrl: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return (await client.query<T>(statement).finally(() => client.end())).rows;
}

/** Has the database itself note each time that a run is given an end, also when it had one. The tables must be there. */
export async function recordEnds(databaseUrl: string): Promise<void> {
  await ask(
    databaseUrl,
    `CREATE TABLE recorded_ends (run_id uuid NOT NULL, state text NOT NULL);
    CREATE FUNCTION record_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN INSERT INTO public.recorded_ends VALUES (NEW.id, NEW.state); RETURN NULL; END $$;
    CREATE TRIGGER record_end AFTER UPDATE ON triage_runs FOR EACH ROW
      WHEN (NEW.ended_at IS NOT NULL AND (OLD.ended_at, OLD.state) IS DISTINCT FROM (NEW.ended_at, NEW.state))
      EXECUTE FUNCTION record_end();`,
  );
}

export interface RunRecord {
  /** How often an end was recorded for it. */
  readonly ends: number;
  readonly counted: number;
  readonly unknown: number;
  readonly fence: number;
}

/** What the database has of each run, by its id. */
export async function runRecords(databaseUrl: string): Promise<ReadonlyMap<string, RunRecord>> {
  const rows = await ask<RunRecord & { id: string }>(
    databaseUrl,
    `SELECT id, request_count::float8 AS counted, unknown_count::float8 AS unknown, fence::float8 AS fence,
      (SELECT count(*)::integer FROM recorded_ends WHERE run_id = id) AS ends FROM triage_runs`,
  );
  return new Map(rows.map(({ id, ...record }) => [id, record]));
}
