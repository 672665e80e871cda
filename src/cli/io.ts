import type { OutputStream } from './output/output.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command may touch of its process. */
export interface CommandIo {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Environment;
}

/** The value of a variable; one that is set to nothing counts as not set. */
export const variable = (environment: Environment, name: string): string | undefined => {
  const value = environment[name];
  return value === '' ? undefined : value;
};
