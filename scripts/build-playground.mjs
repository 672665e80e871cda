// Bundles GraphiQL with esbuild into dist/playground, unless it is newer than its sources and their packages. Where the
// development dependencies are not installed it does nothing: the server then says how to get a playground.
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'playground');
const output = path.join(root, 'dist/playground');
/** Written last: its age is the bundle's. */
const stamp = path.join(output, '.built');

const modified = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

async function isPlaygroundCurrent() {
  const sources = (await readdir(source).catch(() => [])).map((file) => path.join(source, file));
  const watched = [...sources, import.meta.filename, path.join(root, 'package.json')];
  return (await modified(stamp)) > Math.max(...(await Promise.all(watched.map(modified))));
}

const hasPackages = () => {
  try {
    const require = createRequire(import.meta.filename);
    return ['esbuild', 'react', 'graphiql/package.json'].every((name) => require.resolve(name));
  } catch {
    return false;
  }
};

/** Returns 'current', 'built', or 'skipped' where the packages are missing. */
export async function buildPlayground() {
  if (await isPlaygroundCurrent()) return 'current';
  if (!hasPackages()) return 'skipped';
  const { build } = await import('esbuild');
  const draft = `${output}.${process.pid}`;
  const common = { bundle: true, minify: true, target: 'es2022', legalComments: 'none', logLevel: 'warning' };
  const define = { 'process.env.NODE_ENV': '"production"' };
  const resolveFromHere = createRequire(import.meta.filename).resolve;
  await mkdir(draft, { recursive: true });
  try {
    await Promise.all([
      build({
        ...common,
        define,
        entryPoints: [path.join(source, 'playground.jsx')],
        outdir: draft,
        format: 'esm',
        splitting: true,
        jsx: 'automatic',
        chunkNames: 'chunk-[hash]',
        loader: { '.ttf': 'file' },
      }),
      build({
        ...common,
        define,
        entryPoints: {
          'editor.worker': resolveFromHere('monaco-editor/esm/vs/editor/editor.worker.js'),
          'json.worker': resolveFromHere('monaco-editor/esm/vs/language/json/json.worker.js'),
          'graphql.worker': resolveFromHere('monaco-graphql/esm/graphql.worker.js'),
        },
        outdir: draft,
        format: 'iife',
      }),
      copyFile(path.join(source, 'index.html'), path.join(draft, 'index.html')),
    ]);
    await writeFile(path.join(draft, '.built'), '');
    await rm(output, { recursive: true, force: true });
    await rename(draft, output);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return 'built';
}

if (process.argv[1] === import.meta.filename) console.log(`playground: ${await buildPlayground()}`);
