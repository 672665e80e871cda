import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '../../kernel/startup-error.js';

/** Whose processes Postgres' are. Undefined where one is needed means: our own user's. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
const NAME = 'postgres';

/** The fields of an entry of the system's databases of users and groups; empty when there is none. */
async function entry(database: 'passwd' | 'group'): Promise<string[]> {
  const { stdout } = await run('getent', [database, NAME], { env, timeout: 5000 }).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? [] : stdout.split(':');
}

async function find(): Promise<SystemUser | undefined> {
  const [, , uid, gid] = await entry('passwd');
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/**
 * Postgres refuses to run as root. Then it runs as the user `postgres`, which is made when there is none: a system user
 * without home and login shell. Undefined when we are an ordinary user.
 */
export async function postgresUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await find();
  if (existing) return existing;
  const group = (await entry('group')).length > 0 ? ['--gid', NAME] : ['--user-group'];
  const options = [
    '--system',
    ...group,
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
  ];
  await run('useradd', [...options, NAME], { env, timeout: 10_000 }).catch(async (error: unknown) => {
    if (await find()) return; // another server made it at the same moment
    throw new StartupError(
      `As root, the embedded Postgres needs a system user "${NAME}", and useradd could not make one (${String(error)}). ` +
        `Make it ("useradd --system ${NAME}"), start triaged as an ordinary user, or set DATABASE_URL.`,
    );
  });
  return (
    (await find()) ?? Promise.reject(new StartupError(`useradd made no user "${NAME}"; set DATABASE_URL instead.`))
  );
}

/** True when the user may do what `wanted` (a sum of 4 read, 2 write, 1 search) says, by the file's mode. */
async function permits(file: string, user: SystemUser, wanted: number): Promise<boolean> {
  const { mode, uid, gid } = await stat(file);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}

/** True when the user may reach into the folder: search permission on it and on all above it. */
export async function isPassable(folder: string, user: SystemUser | undefined): Promise<boolean> {
  if (!user) return true;
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if (!(await permits(current, user, 1))) return false;
    if (current === path.dirname(current)) return true;
  }
}

export async function isReadable(file: string, user: SystemUser | undefined): Promise<boolean> {
  return !user || ((await permits(file, user, 4)) && (await isPassable(path.dirname(file), user)));
}
