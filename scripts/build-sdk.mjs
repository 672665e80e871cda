// Builds the package of the SDK, file by file: sdk/dist/esm and sdk/dist/cjs, each with its declarations.
import { execFileSync } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const sdk = path.join(root, 'sdk');
const dist = path.join(sdk, 'dist');
const [esm, cjs] = [path.join(dist, 'esm'), path.join(dist, 'cjs')];

await rm(dist, { recursive: true, force: true });
execFileSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', sdk], { stdio: 'inherit' });
await cp(esm, cjs, { recursive: true });
await writeFile(path.join(cjs, 'package.json'), '{ "type": "commonjs" }\n');

// What is declared is what the two entry points lead to.
const declared = (await readdir(esm, { recursive: true })).filter((name) => name.endsWith('.d.ts'));
const entryPoints = declared.map((name) => path.join(sdk, 'src', name.replace(/\.d\.ts$/, '.ts')));
for (const [format, outdir] of Object.entries({ esm, cjs })) {
  await build({
    ...{ entryPoints, outdir, format, outbase: path.join(sdk, 'src') },
    target: 'es2022',
    logLevel: 'warning',
  });
  // Bundlers may leave out the documents that nobody uses.
  const documents = path.join(outdir, 'generated/graphql.js');
  const text = await readFile(documents, 'utf8');
  await writeFile(documents, text.replaceAll('= new TypedDocumentString', '= /* @__PURE__ */ new TypedDocumentString'));
}
console.log(`sdk/dist: ${declared.length} modules, as ESM and CJS`);
