// `prepare`, run by `npm ci`: puts the Node of the registry's packages first on the PATH of every npm script. npm links it
// by itself, but some versions take the link away again with the package of the other architecture.
import { rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';

const modules = path.resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../node_modules');
const packaged = `node-${process.platform}-${process.arch}`;

if (await stat(path.join(modules, packaged, 'bin/node')).catch(() => undefined)) {
  await rm(path.join(modules, '.bin/node'), { force: true });
  await symlink(path.join('..', packaged, 'bin/node'), path.join(modules, '.bin/node'));
} else if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `There is no packaged Node 24 for ${process.platform} ${process.arch}: install Node 24 and run npm ci again.`,
  );
  process.exitCode = 1;
}
