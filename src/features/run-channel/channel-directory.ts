import { once } from 'node:events';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SOCKET_NAME } from '../../../agent-image/triaged-init/protocol.js';
import { namesIn } from '../../kernel/files.js';
import { isUuid, shortName, uuidOf, type RunId } from '../../kernel/ids.js';

/** `sun_path` holds 108 bytes, the last of them NUL. */
const MAX_SOCKET_PATH_BYTES = 107;
const TEMPORARY_SUFFIX_BYTES = 3;

/** The run whose directory bears this name; undefined for names that we never give. */
export function runOfDirectory(name: string): RunId | undefined {
  const uuid = uuidOf(Buffer.from(name, 'base64url').toString('hex')) as RunId;
  return isUuid(uuid) && shortName(uuid) === name ? uuid : undefined;
}

/** Makes the run's directory: passable by any user, since a container has its own, below a parent that is not. */
export async function makeChannelDirectory(parent: string, runId: RunId): Promise<string> {
  const directory = path.join(parent, shortName(runId));
  const longest = Buffer.byteLength(path.join(directory, SOCKET_NAME)) + TEMPORARY_SUFFIX_BYTES;
  if (longest > MAX_SOCKET_PATH_BYTES) {
    throw new Error(
      `The path of a run's socket would have ${longest} bytes, ${MAX_SOCKET_PATH_BYTES} at most: set CHANNEL_DIR to a shorter path.`,
    );
  }
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o755);
  return directory;
}

/**
 * Listens under a passing name and renames the socket into place. Thus a dead server's socket is replaced without a gap,
 * and a stale server that closes later unlinks its own passing name and not its successor's socket.
 */
export async function listenIn(directory: string, server: Server): Promise<void> {
  const socket = path.join(directory, SOCKET_NAME);
  const passing = socket + randomBytes(TEMPORARY_SUFFIX_BYTES).toString('base64url').slice(0, TEMPORARY_SUFFIX_BYTES);
  await once(server.listen(passing), 'listening');
  try {
    await chmod(passing, 0o666);
    await rename(passing, socket);
  } catch (error) {
    server.close();
    throw error;
  }
}

/** The runs that have a directory; anything else in the folder is not ours. */
export async function runsWithDirectory(parent: string): Promise<RunId[]> {
  return (await namesIn(parent)).map(runOfDirectory).filter((runId) => runId !== undefined);
}

export async function removeChannelDirectory(parent: string, runId: RunId): Promise<void> {
  await rm(path.join(parent, shortName(runId)), { recursive: true, force: true });
}
