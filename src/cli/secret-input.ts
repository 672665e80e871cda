import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { EXIT } from './exit-codes.js';
import { CommandFailure, UsageError } from './failure.js';
import type { CommandIo } from './io.js';
import { readAll } from './text-input.js';

const MAX_BYTES = 64 * 1024;

/** A secret, never from the arguments, which every process can read: asked for unseen on a terminal, else all of standard input. */
export async function readSecret({ stdin, stderr }: CommandIo, what: string): Promise<string> {
  const text = stdin.isTTY ? await ask(stdin, stderr, what) : await readAll(stdin, what, MAX_BYTES);
  const secret = text.trim();
  if (secret !== '') return secret;
  throw new UsageError(`No ${what} was given: type it when asked, or give it on standard input.`);
}

async function ask(stdin: CommandIo['stdin'], stderr: NodeJS.WritableStream, what: string): Promise<string> {
  const unseen = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: unseen, terminal: true });
  // Not before: what is typed earlier the terminal itself shows.
  stderr.write(`${what} (not shown): `);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  lines.once('line', resolve);
  // Ctrl-C and Ctrl-D.
  lines.once('close', () => reject(new CommandFailure(EXIT.interrupted, 'Interrupted: nothing was changed.')));
  try {
    return await promise;
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
