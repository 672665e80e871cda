import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const NEEDED = ['graphql', 'graphql-ws', '@graphql-typed-document-node/core'];

/** A project that has the SDK as npm packs it, and what that depends on: nothing of this checkout's sources. */
export interface SdkProject {
  readonly folder: string;
  readonly tarball: Buffer;
  /** The packed files. */
  readonly files: readonly string[];
  write(name: string, content: string): Promise<string>;
  /** Runs a file of the project with Node; what it printed. Rejects when it fails. */
  node(name: string, environment?: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

export async function createSdkProject(): Promise<SdkProject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sdk-project-'));
  const modules = path.join(folder, 'node_modules');
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: path.join(root, 'sdk'),
  });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [
    { filename: string; files: readonly { path: string }[] },
  ];
  const tarball = path.join(folder, packed.filename);
  const own = path.join(modules, '@triaged/sdk');
  await mkdir(own, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', own, '--strip-components=1']);
  for (const name of NEEDED) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }\n');
  return {
    folder,
    tarball: await readFile(tarball),
    files: packed.files.map((file) => file.path),
    async write(name, content) {
      await writeFile(path.join(folder, name), content);
      return path.join(folder, name);
    },
    async node(name, environment = {}) {
      const env = { PATH: process.env.PATH ?? '', ...environment };
      return (await run(process.execPath, [name], { cwd: folder, env, timeout: 60_000 })).stdout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
