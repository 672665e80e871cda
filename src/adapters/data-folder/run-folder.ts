import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { StartupError } from '../../kernel/startup-error.js';
import { makePrivateFolder } from './data-folder.js';
import { readOrMake } from './read-or-make.js';

/** Where servers of one engine keep what they take over from each other: logs, artifacts, channels, journals. */
export interface RunFolder {
  readonly logs: string;
  readonly artifacts: string;
  /** Exists. */
  readonly journals: string;
  /** Names those servers in runs' rows and containers' labels: a UUID, the folder's own. */
  readonly group: string;
}

/** Makes the folder when missing. Several servers may open it. `isDataFolder`: it is the server's own, opened before. */
export async function openRunFolder(folder: string, { isDataFolder }: { isDataFolder: boolean }): Promise<RunFolder> {
  if (!isDataFolder) await makePrivateFolder(folder);
  const file = path.join(folder, 'run-group.id');
  const group = await readOrMake(file, randomUUID);
  if (!/^[0-9a-f-]{36}$/.test(group)) {
    throw new StartupError(
      `${file} does not hold the name of a group (a UUID). Put the former file back: runs and containers are found by it.`,
    );
  }
  const journals = path.join(folder, 'usage-journal');
  await makePrivateFolder(journals);
  return { logs: path.join(folder, 'run-logs'), artifacts: path.join(folder, 'artifacts'), journals, group };
}
