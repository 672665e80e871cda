import { PassThrough, Readable } from 'node:stream';
import { runCommandLine } from '../../src/cli/run.js';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface RunWordsOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether stdout and stderr are a terminal of that many columns. */
  readonly columns?: number;
  readonly stdin?: string;
}

/** The command line within this process. */
export async function runWords(words: readonly string[], options: RunWordsOptions = {}): Promise<Ran> {
  const { environment = {}, columns, stdin = '' } = options;
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const [stdout, stderr] = [Object.assign(new PassThrough(), terminal), Object.assign(new PassThrough(), terminal)];
  const texts = Promise.all([stdout.toArray(), stderr.toArray()]);
  const exitCode = await runCommandLine(words, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    environment,
  });
  stdout.end();
  stderr.end();
  const [out = '', err = ''] = (await texts).map((pieces) => Buffer.concat(pieces as Buffer[]).toString());
  return { exitCode, out, err };
}
