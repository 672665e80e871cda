import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CLI = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');

export interface CliOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface CliEnd {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A process of the command line, and what it has printed so far. */
export interface CliProcess {
  /** All that a terminal was given; without one, stdout. */
  printed(): string;
  /** Waits until a text was printed, on stderr too; fails with what was printed when the process ends before. */
  shows(text: string | RegExp): Promise<void>;
  /** As if typed. */
  type(text: string): void;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<CliEnd>;
}

/** Without a terminal: each stream a pipe. */
export function startCli(words: readonly string[], options: CliOptions): CliProcess {
  return follow(process.execPath, [CLI, ...words], options);
}

/** On a terminal of its own (util-linux's script), 120 columns wide. */
export function startOnTerminal(words: readonly string[], options: CliOptions): CliProcess {
  const command = [process.execPath, CLI, ...words].map(quote).join(' ');
  return follow('script', ['-qefc', `stty cols 120 rows 40; exec ${command}`, '/dev/null'], options);
}

export async function runCli(words: readonly string[], options: CliOptions & { readonly stdin?: string }) {
  const cli = startCli(words, options);
  cli.type(options.stdin ?? '');
  const end = await cli.ended;
  return { ...end, stdout: end.stdout.toString('utf8') };
}

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

function follow(file: string, args: readonly string[], { environment, cwd }: CliOptions): CliProcess {
  const child = spawn(file, args, {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      SHELL: '/bin/sh',
      TERM: 'xterm-256color',
      ...environment,
    },
    stdio: 'pipe',
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  // A process that ended reads nothing more.
  child.stdin.on('error', () => undefined);
  const printed = () => Buffer.concat(stdout).toString('utf8');
  const all = () => printed() + Buffer.concat(stderr).toString('utf8');
  const closed = once(child, 'close') as Promise<[number | null]>;
  let hasEnded = false;
  void closed.then(() => (hasEnded = true));
  return {
    printed,
    shows: async (text) => {
      const deadline = Date.now() + 60_000;
      const isThere = () => (typeof text === 'string' ? all().includes(text) : text.test(all()));
      for (; !isThere(); await sleep(20)) {
        if (hasEnded || Date.now() > deadline) throw new Error(`${text} was not printed:\n${all()}`);
      }
    },
    type: (text) => {
      child.stdin.write(text);
      if (file === process.execPath) child.stdin.end();
    },
    signal: (name) => void child.kill(name),
    ended: closed.then(([exitCode]) => ({
      exitCode,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr).toString('utf8'),
    })),
  };
}
