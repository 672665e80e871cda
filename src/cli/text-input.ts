import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from './failure.js';

/** All of standard input, as UTF-8. */
export async function readAll(stdin: NodeJS.ReadableStream, what: string, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stdin) {
    const read = Buffer.from(piece as Uint8Array);
    pieces.push(read);
    bytes += read.length;
    if (bytes > maxBytes) throw new UsageError(`The ${what} on standard input is larger than ${maxBytes / 1024} KiB.`);
  }
  return textOf(Buffer.concat(pieces), `The ${what} on standard input`);
}

export interface ReadFileOptions {
  /** Refuses a link, a pipe or a device in place of the file itself. */
  readonly noLink?: boolean;
}

/** All of a UTF-8 file. */
export async function readTextFile(
  file: string,
  what: string,
  maxBytes: number,
  { noLink = false }: ReadFileOptions = {},
): Promise<string> {
  try {
    await using handle = await open(
      file,
      constants.O_RDONLY | (noLink ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0),
    );
    const about = await handle.stat();
    if (noLink && !about.isFile()) throw new UsageError(`${file} is no regular file.`);
    // A pipe tells its size when it is read.
    const bytes = about.size > maxBytes ? undefined : await handle.readFile();
    const size = bytes?.length ?? about.size;
    if (!bytes || size > maxBytes) {
      throw new UsageError(`${file} has ${size} bytes; the ${what} may have ${maxBytes / 1024} KiB at most.`);
    }
    return textOf(bytes, file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw new UsageError(`${file} is a link, which is not followed.`, { cause: error });
    if (code === 'ENOENT') throw new UsageError(`There is no file ${file}.`, { cause: error });
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Without a byte order mark. What is no UTF-8 is refused: it would be sent changed. */
function textOf(bytes: Uint8Array, from: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${from} is no UTF-8 text.`, { cause: error });
  }
}
