import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import type { Closable } from '../../kernel/closing.js';
import { hasErrno } from '../../kernel/errors.js';
import { StartupError } from '../../kernel/startup-error.js';
import { locateBinaries, type Binaries } from './binaries.js';
import { findOrphan, startPostmaster, stopPostmaster } from './postmaster.js';
import { isPassable, postgresUser, type SystemUser } from './system-user.js';

export interface EmbeddedPostgres extends Closable {
  /** Bears the password: not for logs. */
  readonly url: string;
}

export interface EmbeddedPostgresOptions {
  /** Made when missing. Removing it removes the database. */
  readonly directory: string;
  readonly logger: Logger;
  /** Settings of postgresql.conf beside and above our own. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** For root, when the place asked for cannot be reached by the user that Postgres runs as. */
const ROOTS_FOLDER = '/var/lib/triaged';
const USER = 'triaged';

/**
 * Makes the cluster's folder. Postgres' user must be able to pass it: below a private folder such as /root it becomes a
 * link to a folder of its own in /var/lib/triaged, so that it still moves and dies with the folder it belongs to.
 */
async function prepareFolder(directory: string, user: SystemUser | undefined): Promise<string> {
  if (!user) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  }
  const link = await readlink(directory).catch(() => undefined);
  if (link !== undefined) {
    const linked = path.resolve(path.dirname(directory), link);
    await mkdir(linked, { recursive: true });
    await chmod(linked, 0o711);
    return linked;
  }
  await mkdir(path.dirname(directory), { recursive: true });
  if ((await isPassable(path.dirname(directory), user)) || (await lstat(directory).catch(() => undefined))) {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o711);
    return directory;
  }
  await mkdir(ROOTS_FOLDER, { recursive: true });
  await chmod(ROOTS_FOLDER, 0o755);
  const folder = await mkdtemp(path.join(ROOTS_FOLDER, 'postgres-'));
  await chmod(folder, 0o711);
  await symlink(folder, directory);
  return folder;
}

/** Makes the password of a new cluster. The file belongs to Postgres' user, because initdb reads it. */
async function writePassword(file: string, user: SystemUser | undefined): Promise<void> {
  await writeFileAtomically(file, randomBytes(32).toString('hex'));
  if (user) await chown(file, user.uid, user.gid);
}

/** Runs initdb in a temporary folder beside `data`, so that a kill leaves no half-made cluster. */
async function initialise(
  binaries: Binaries,
  data: string,
  passwordFile: string,
  user: SystemUser | undefined,
): Promise<void> {
  const temporary = `${data}.new`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });
  if (user) await chown(temporary, user.uid, user.gid);
  const flags = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--wal-segsize=4'];
  const child = spawn(binaries.initdb, ['-D', temporary, '-U', USER, `--pwfile=${passwordFile}`, ...flags], {
    ...user,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`initdb failed:\n${said.trim()}`);
  await rename(temporary, data);
}

async function refuseOtherMajor(data: string, major: string): Promise<'new' | 'existing'> {
  const found = await readFile(path.join(data, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (found === undefined) return 'new';
  if (found.trim() === major) return 'existing';
  throw new StartupError(
    `The embedded database in ${data} was made by Postgres ${found.trim()}; this version of triaged brings Postgres ${major}, which cannot read it. ` +
      `Either start it once more with the former version of triaged and copy it with pg_dump and psql into a database that you name in DATABASE_URL, ` +
      `or, if nothing in it is needed, remove that folder and start again.`,
  );
}

/**
 * Starts a Postgres of our own, or takes over the one that a killed server left running on the same data.
 *
 * Of the npm package only the binaries are used. Its class hooks the process's signals and exits, which stands in the
 * way of closing in our order; it writes the password's file into a shared folder, and has no notion of taking over.
 */
export async function startEmbeddedPostgres({
  directory,
  logger,
  settings = {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = await postgresUser();
  const folder = await prepareFolder(path.resolve(directory), user);
  const binaries = await locateBinaries(user, user ? ROOTS_FOLDER : folder);
  const data = path.join(folder, 'data');
  const passwordFile = path.join(folder, 'password');
  if ((await refuseOtherMajor(data, binaries.major)) === 'new') {
    await writePassword(passwordFile, user);
    await initialise(binaries, data, passwordFile, user);
  }

  const orphan = await findOrphan(data);
  const logFile = path.join(folder, 'postgres.log');
  const postmaster = orphan ?? (await startPostmaster({ postgres: binaries.postgres, data, logFile, user, settings }));
  logger.info(
    { pid: postmaster.pid, port: postmaster.port, folder },
    orphan ? 'took over the embedded Postgres' : 'started the embedded Postgres',
  );
  return {
    url: `postgres://${USER}:${await readFile(passwordFile, 'utf8')}@127.0.0.1:${postmaster.port}/postgres`,
    close: () => stopPostmaster(data, postmaster.pid),
  };
}
