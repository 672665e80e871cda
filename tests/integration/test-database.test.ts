import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../testkit/postgres.js';

describe('a test database', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.close();
  });

  it('is a Postgres 18 with UTF-8 and the C locale', async () => {
    const { rows } = await client.query<{ version: string; encoding: string; collation: string }>(
      `SELECT current_setting('server_version') AS version, pg_encoding_to_char(encoding) AS encoding, datcollate AS collation
       FROM pg_database WHERE datname = current_database()`,
    );
    expect(rows).toEqual([{ version: expect.stringMatching(/^18\./), encoding: 'UTF8', collation: 'C' }]);
  });

  it('shares nothing with another one', async () => {
    await client.query('CREATE TABLE mine ()');
    const other = await createTestDatabase();
    const elsewhere = new pg.Client({ connectionString: other.url });
    await elsewhere.connect();
    const { rows } = await elsewhere.query(`SELECT to_regclass('mine') AS found`);
    await elsewhere.end();
    await other.close();
    expect(rows).toEqual([{ found: null }]);
  });
});
