import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RecordedCommand {
  /** With quotes taken off and variables filled in. */
  readonly words: readonly string[];
  /** The names of what the script exported to it. */
  readonly variables: readonly string[];
}

const [FIELD, RECORD, NEWLINE] = ['\x1f', '\x1e', '\x1d'];

/** There are no programs, so that bash hands every command over, where it notes itself and succeeds. */
const recorder = (scripts: readonly string[]): string => `
PATH=/none
command_not_found_handle() {
  local record
  printf -v record '%s\\x1f' "$(compgen -e)" "$@"
  # On one line, which bash writes in one piece: the commands of a pipe note themselves at the same time.
  printf '%s\\x1e' "\${record//$'\\n'/$'\\x1d'}" >&3
}
${scripts.map((script) => `${script}() { command_not_found_handle ${script} "$@"; }`).join('\n')}
`;

/**
 * The commands of a shell script, in their order, none of which is run: bash itself takes the script apart. `scripts` are
 * the files of the repository that it may name by their path. Rejects when it is no script, or names another path.
 */
export async function recordedCommands(script: string, scripts: readonly string[] = []): Promise<RecordedCommand[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'triaged-commands-'));
  try {
    // What it reads is there, and empty.
    const inputs = [...script.matchAll(/(?<!<)< ?([\w.-]+)/g)].map(([, name = '']) =>
      writeFile(path.join(folder, name), ''),
    );
    await Promise.all(inputs);
    const whole = `${recorder(scripts)}\nexec 3>&1 >/dev/null\n${script}`;
    const { stdout, stderr } = await run('bash', ['--norc', '-c', whole], { cwd: folder, env: {}, timeout: 20_000 });
    if (stderr !== '') throw new Error(stderr);
    return stdout
      .split(RECORD)
      .slice(0, -1)
      .map((record) => {
        const [exported = '', ...words] = record.replaceAll(NEWLINE, '\n').split(FIELD).slice(0, -1);
        const variables = exported.split('\n').filter((name) => !OF_BASH.has(name));
        return { words, variables };
      });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const OF_BASH = new Set(['', '_', 'OLDPWD', 'PWD', 'SHLVL']);
