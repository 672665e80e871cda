// Prints the GraphQL schema to schema/schema.graphql; with --check it only says whether that file is stale, and fails if so.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'schema/schema.graphql');

await build();
const { printedSchema } = await import(path.join(root, 'dist/src/print-schema.js'));
const printed = printedSchema();
const committed = await readFile(file, 'utf8').catch(() => undefined);

if (printed === committed) console.log('schema/schema.graphql is up to date');
else if (process.argv.includes('--check')) {
  console.error('schema/schema.graphql is stale: run `npm run schema` and commit the result');
  process.exitCode = 1;
} else {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, printed);
  console.log('schema/schema.graphql was written');
}
