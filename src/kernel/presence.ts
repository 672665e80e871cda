import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Closable } from './closing.js';
import { hasErrno } from './errors.js';

/**
 * Tells other processes of this machine that this one lives, by a unix socket that it listens on. The kernel ends it with
 * the process, however that dies, and it holds between containers, where process ids do not: who shares the folder is
 * on the same kernel.
 */
export async function announcePresence(socket: string): Promise<Closable> {
  const server = createServer((visitor) => visitor.destroy());
  await once(server.listen(socket), 'listening');
  server.unref();
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** False only when nobody can ever answer there again: a process that is stopped, or too busy, is present. */
export async function isPresent(socket: string): Promise<boolean> {
  const visitor = connect(socket);
  try {
    await once(visitor, 'connect');
    return true;
  } catch (error) {
    return !hasErrno(error, 'ECONNREFUSED', 'ENOENT');
  } finally {
    visitor.destroy();
  }
}

/** What a process that was killed leaves. */
export const removePresence = (socket: string): Promise<void> => rm(socket, { force: true });
