import path from 'node:path';
import { tryProcessLock } from '../../kernel/process-lock.js';
import { StartupError } from '../../kernel/startup-error.js';

/**
 * Takes the folder for this process: a second server on it throws StartupError, while the lock of one that was killed
 * is taken over. Resolves to the release.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const attempt = await tryProcessLock(path.join(folder, 'server.lock'));
  if ('release' in attempt) return attempt.release;
  throw new StartupError(
    `Another triaged server, process ${attempt.heldBy.pid}, uses the data folder ${folder}. ` +
      `Stop it, or give this one a folder of its own with DATA_DIR (and a port with PORT).`,
  );
}
