// Prints the GraphQL schema and the report's JSON Schema into schema/; with --check it only says which is stale, and fails
// if one is.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'schema');

await build();
const { printedReportSchema, printedSchema } = await import(path.join(root, 'dist/src/print-schema.js'));
const files = { 'schema.graphql': printedSchema(), 'triage-report.schema.json': printedReportSchema() };

await mkdir(folder, { recursive: true });
for (const [name, printed] of Object.entries(files)) {
  const file = path.join(folder, name);
  const committed = await readFile(file, 'utf8').catch(() => undefined);
  if (printed === committed) console.log(`schema/${name} is up to date`);
  else if (process.argv.includes('--check')) {
    console.error(`schema/${name} is stale: run \`npm run schema\` and commit the result`);
    process.exitCode = 1;
  } else {
    await writeFile(file, printed);
    console.log(`schema/${name} was written`);
  }
}
