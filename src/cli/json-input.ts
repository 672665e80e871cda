import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from './failure.js';
import type { CommandIo } from './io.js';
import { readAll } from './secret-input.js';

export interface JsonInput {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A JSON object of a file, `-` for standard input. What is too large or none is refused before anything is sent. */
export async function readJsonObject(
  io: CommandIo,
  file: string,
  what: string,
  maxBytes: number,
  options?: ReadFileOptions,
): Promise<JsonInput> {
  const text =
    file === '-' ? await readAll(io.stdin, what, maxBytes) : await readTextFile(file, what, maxBytes, options);
  return { text, value: parseObject(text, file === '-' ? 'standard input' : file) };
}

function parseObject(text: string, from: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${from} is no JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError(`${from} holds no JSON object: { … } is wanted.`);
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
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw new UsageError(`${file} is a link, which is not followed.`, { cause: error });
    if (code === 'ENOENT') throw new UsageError(`There is no file ${file}.`, { cause: error });
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new UsageError(`${file} is no UTF-8 text.`, { cause: error });
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
