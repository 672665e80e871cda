import { UsageError } from './failure.js';
import type { CommandIo } from './io.js';
import { readAll, readTextFile, type ReadFileOptions } from './text-input.js';

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
