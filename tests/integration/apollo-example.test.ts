import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startTenantsServer, type TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const WITHIN_MS = 120_000;

let server: TenantsServer;
let folder: string;
let example: string;
beforeAll(async () => {
  // Away from this checkout: of it, only the committed schema and installed packages.
  folder = await mkdtemp(path.join(tmpdir(), 'apollo-example-'));
  example = path.join(folder, 'examples/apollo-client');
  await cp(path.join(root, 'examples/apollo-client'), example, { recursive: true });
  await cp(path.join(root, 'schema/schema.graphql'), path.join(folder, 'schema/schema.graphql'));
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  server = await startTenantsServer({ tenants: ['acme'] });
}, WITHIN_MS);
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Node on a file of the example or of a package. */
const node = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  run(process.execPath, args, { cwd: example, env: { PATH: process.env.PATH ?? '', ...environment } });
const packaged = (file: string): string => path.join(root, 'node_modules', file);

it(
  'is generated from the schema, type-checks, and reads a run and its log from a server',
  async () => {
    await node([packaged('@graphql-codegen/cli/cjs/bin.js'), '--config', 'codegen.ts']);
    expect((await node([packaged('typescript/bin/tsc')])).stdout).toBe('');

    const client = server.client('acme', 'ADMIN');
    const { id } = await startTriage(client, {
      instanceId: await createInstance(client),
      prompt: 'Why?',
      incident: '{}',
    });
    const ended = await awaitRun(client, id);
    const environment = { TRIAGED_URL: server.url, TRIAGED_API_KEY: server.key('acme', 'VIEWER') };
    const { stdout, stderr } = await node(['main.ts'], environment);
    expect(stderr).toBe('');
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe(`run ${id} is SUCCEEDED, its log has ${ended.log.bytes} bytes`);
    expect(lines.slice(-2)).toEqual([`followed to byte ${ended.log.bytes}`, 'the log has ended']);
  },
  WITHIN_MS,
);
