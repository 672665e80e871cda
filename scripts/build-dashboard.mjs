// Builds the dashboard with Vite into dist/dashboard, unless it is newer than its sources and their packages. Where the
// development dependencies are not installed it does nothing: the server then says how to get a dashboard.
import { readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const output = path.join(root, 'dist/dashboard');
/** Its age is that of the build's start: what was edited since is not in the bundle. */
const stamp = path.join(output, '.built');

const modified = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

const filesBelow = async (folder) => {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
};

/** What it takes from elsewhere. */
const shared = ['src/features/triage/json-fault.ts', 'docs/clusters.md'].map((file) => path.join(root, file));

async function isDashboardCurrent() {
  const sources = (await Promise.all(['dashboard', 'sdk/src'].map(filesBelow))).flat();
  const watched = [...sources, ...shared, import.meta.filename, path.join(root, 'package.json')];
  return (await modified(stamp)) > Math.max(...(await Promise.all(watched.map(modified))));
}

/** Another start may have put its own bundle there meanwhile, made of the same sources. */
async function publish(draft) {
  await rm(output, { recursive: true, force: true });
  await rename(draft, output).catch((error) => {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  });
}

const hasPackages = () => {
  try {
    const require = createRequire(import.meta.filename);
    return ['vite', 'react', 'urql'].every((name) => require.resolve(name));
  } catch {
    return false;
  }
};

/** Returns 'current', 'built', or 'skipped' where the packages are missing. */
export async function buildDashboard() {
  if (await isDashboardCurrent()) return 'current';
  if (!hasPackages()) return 'skipped';
  const { build } = await import('vite');
  const draft = `${output}.${process.pid}`;
  const begun = new Date();
  // Vite sets it to `production`, which the server that is started in this process would take for the operator's word.
  const { NODE_ENV: environment } = process.env;
  try {
    await build({
      root: path.join(root, 'dashboard'),
      logLevel: 'warn',
      build: { outDir: draft, emptyOutDir: true },
    });
    await writeFile(path.join(draft, '.built'), '');
    await utimes(path.join(draft, '.built'), begun, begun);
    await publish(draft);
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
    await rm(draft, { recursive: true, force: true });
  }
  return 'built';
}

if (process.argv[1] === import.meta.filename) console.log(`dashboard: ${await buildDashboard()}`);
