import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface OutputPipe {
  readonly reader: Socket;
  /** Given to the agent as stdout and stderr, so that the order of its writes is kept. */
  readonly writeFd: number;
  /** To be called once the agent has its own copy; the reader then ends when the last writer is gone. */
  closeWriter(): void;
}

/**
 * A real pipe. Node's own stdio pipes are sockets, and a socket cannot be opened again: a script's `tee /dev/stderr` or
 * `> /dev/stdout` would fail in them. A FIFO without a name is a pipe like the shell's.
 */
export async function openOutputPipe(): Promise<OutputPipe> {
  const folder = await mkdtemp(path.join(tmpdir(), 'triaged-'));
  try {
    const fifo = path.join(folder, 'output');
    await promisify(execFile)('mkfifo', ['-m', '600', fifo]);
    const readFd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeFd = openSync(fifo, constants.O_WRONLY);
    const reader = new Socket({ fd: readFd, readable: true, writable: false });
    return { reader, writeFd, closeWriter: () => closeSync(writeFd) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
