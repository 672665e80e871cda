// Compiles every TypeScript source into dist/, leaving alone what is already newer than its source.
// Kept as a module so that `npm start` can build and run in one process.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildDashboard } from './build-dashboard.mjs';
import { buildPlayground } from './build-playground.mjs';

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `This is Node ${process.versions.node}; triaged runs on Node 24, which npm ci brings. Start it with npm (npm start, npm test …).`,
  );
  process.exit(78);
}

const root = path.resolve(import.meta.dirname, '..');
const sourceFolders = ['src', 'migrations', 'agent-image/triaged-init', 'sdk/src', 'demo', 'bench'];
const settings = ['package.json', '.swcrc', 'scripts/build.mjs'];

const modified = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

/** Never looks into node_modules: the benchmark has one of its own, with tens of thousands of files. */
async function sourcesIn(folder) {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
  const below = entries.map((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesIn(file);
    return /\.ts$/.test(entry.name) && !/\.(d|test)\.ts$/.test(entry.name) ? [file] : [];
  });
  return (await Promise.all(below)).flat();
}

/** Builds what is out of date, the dashboard and the playground included; returns how many files were compiled. */
export async function build() {
  const [compiled] = await Promise.all([compile(), buildDashboard(), buildPlayground()]);
  return compiled;
}

async function compile() {
  const settingsTime = Math.max(...(await Promise.all(settings.map((file) => modified(path.join(root, file))))));
  const sources = (await Promise.all(sourceFolders.map(sourcesIn))).flat();
  const outdated = [];
  for (const source of sources) {
    const output = path.join(root, 'dist', source.replace(/\.ts$/, '.js'));
    const built = await modified(output);
    if (built < (await modified(path.join(root, source))) || built < settingsTime) outdated.push({ source, output });
  }
  if (outdated.length > 0) {
    const { transformFile } = await import('@swc/core');
    await Promise.all(
      outdated.map(async ({ source, output }) => {
        const { code, map } = await transformFile(path.join(root, source), { root, cwd: root });
        await mkdir(path.dirname(output), { recursive: true });
        await writeFile(`${output}.map`, map);
        await writeFile(output, `${code}\n//# sourceMappingURL=${path.basename(output)}.map\n`);
      }),
    );
  }
  return outdated.length;
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--clean')) await rm(path.join(root, 'dist'), { recursive: true, force: true });
  console.log(`compiled ${await build()} files`);
}
