import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { docker } from './docker.js';

const RUN_AGENT = path.resolve(import.meta.dirname, '../../runners/run-agent.sh');

export interface StandaloneEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with an incident, as a user of `run-agent.sh` would have it, and a home for its caller. */
export interface StandaloneWorkspace {
  readonly path: string;
  /** Runs the script on the workspace; nothing of this process's environment but PATH and the engine reaches it. */
  runAgent(flags: readonly string[], environment?: Readonly<Record<string, string>>): Promise<StandaloneEnd>;
  remove(): Promise<void>;
}

export async function createWorkspace(files: Readonly<Record<string, string>>): Promise<StandaloneWorkspace> {
  const folder = await mkdtemp(path.join(tmpdir(), 'standalone-'));
  const workspace = path.join(folder, 'INC-7');
  const home = path.join(folder, 'home');
  await mkdir(workspace);
  await mkdir(home);
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(workspace, name), content);
  return {
    path: workspace,
    runAgent: async (flags, environment = {}) => {
      const { PATH = '', DOCKER_HOST = '', AGENT_IMAGE = '' } = process.env;
      const child = spawn(RUN_AGENT, ['-w', workspace, ...flags], {
        env: {
          PATH,
          HOME: home,
          TMPDIR: folder,
          ...(DOCKER_HOST && { DOCKER_HOST }),
          ...(AGENT_IMAGE && { AGENT_IMAGE }),
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr, [exitCode]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close') as Promise<[number | null]>,
      ]);
      return { exitCode, stdout, stderr };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** This machine as containers of the engine's bridge reach it. */
export const bridgeAddress = (): Promise<string> =>
  docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}');

/** Ids of containers that `run-agent.sh` started on the workspace, running or not. */
export const standaloneContainers = async (workspace: StandaloneWorkspace): Promise<string[]> => {
  const ids = await docker('ps', '-aq', '--filter', 'label=triaged.standalone', '--filter', `volume=${workspace.path}`);
  return ids.split('\n').filter(Boolean);
};
