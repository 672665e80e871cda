import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Closable } from '../../kernel/closing.js';
import { hasErrno } from '../../kernel/errors.js';
import { StartupError } from '../../kernel/startup-error.js';
import { readOrMake } from './read-or-make.js';
import { lockFolder } from './server-lock.js';

/** The server's folder, held by this process alone until closed. */
export interface DataFolder extends Closable {
  readonly path: string;
  /** The name of this worker in leases and labels: a UUID that outlives restarts. */
  readonly workerId: string;
  /** The generated master secret, 32 bytes; made on the first call of the first server. */
  masterSecret(): Promise<Buffer>;
}

/** As root, Postgres runs as another user, who has to pass through the folder but may not list it. */
const folderMode = (): number => (process.getuid?.() === 0 ? 0o711 : 0o700);

/** Makes a folder that nobody else may read; refuses one that another user has put in its place. */
export async function makePrivateFolder(folder: string, mode = 0o700): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode });
    const { uid } = await lstat(folder);
    if (uid !== process.getuid?.()) {
      throw new StartupError(
        `The folder ${folder} belongs to another user. Start triaged as that user, or name another folder.`,
      );
    }
    await chmod(folder, mode);
  } catch (error) {
    if (!hasErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST')) throw error;
    throw new StartupError(
      `The folder ${folder} cannot be used (${String(error)}). Name one that this user may write.`,
      { cause: error },
    );
  }
}

async function masterSecret(file: string): Promise<Buffer> {
  const text = await readOrMake(file, () => randomBytes(32).toString('hex'));
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  throw new StartupError(
    `${file} does not hold a master secret (64 hexadecimal digits). Put the former file back: without it the stored credentials cannot be read.`,
  );
}

/** Makes the folder when missing and locks it; throws StartupError when another living server holds it. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  await makePrivateFolder(folder, folderMode());
  const release = await lockFolder(folder);
  try {
    const workerId = await readOrMake(path.join(folder, 'worker.id'), randomUUID);
    return {
      path: folder,
      workerId,
      masterSecret: () => masterSecret(path.join(folder, 'master.secret')),
      close: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
