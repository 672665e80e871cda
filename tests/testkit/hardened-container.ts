import Docker from 'dockerode';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { containerOptions } from '../../src/adapters/container-runtime/docker-container-options.js';
import { dockerOptions } from '../../src/adapters/container-runtime/docker-engine.js';
import { AGENT_UID } from '../../src/adapters/container-runtime/docker-layout.js';
import { newRunId } from '../../src/kernel/ids.js';

export const agentImage = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
export const engine = new Docker(dockerOptions(process.env.DOCKER_HOST));

export interface HardenedRun {
  readonly entrypoint?: readonly string[];
  /** The user, in place of the image's. Workspace and output are then this user's. */
  readonly uid?: number | undefined;
  /** Sent to the first process as soon as it has printed something. */
  readonly signal?: string;
}

/**
 * Runs a bash script, or the entry point's last argument, in a container of the agent image that is hardened as those of
 * runs are. The test kit's recording-model.mjs lies in /run/triaged. Resolves with the exit code and what was printed.
 */
export async function runHardened(script: string, options: HardenedRun = {}) {
  const { entrypoint = ['bash', '-c'], uid = AGENT_UID } = options;
  const channelDirectory = await mkdtemp(path.join(tmpdir(), 'hardened-'));
  await chmod(channelDirectory, 0o755);
  await copyFile(
    path.join(import.meta.dirname, 'recording-model.mjs'),
    path.join(channelDirectory, 'recording-model.mjs'),
  );
  const spec = { runId: newRunId(), aiAgent: 'CLAUDE_CODE' as const, channelDirectory };
  const limits = { memoryFolders: ['/home/moved'], memoryBytes: 2 * 1024 ** 3, cpus: 2, pids: 512 };
  const hardened = containerOptions({ ...spec, ...limits }, agentImage, 'hardened-container');
  const { Tmpfs, Mounts, ...HostConfig } = hardened.HostConfig ?? {};
  const owned = (folder: string) => [folder, `rw,mode=0700,uid=${uid},gid=${uid}`];
  const others = Object.entries(Tmpfs as Record<string, string>).map(([folder, how]) => [
    folder,
    how.replaceAll(/[ug]id=\d+/g, (id) => `${id.slice(0, 4)}${uid}`),
  ]);
  const container = await engine.createContainer({
    ...hardened,
    User: `${uid}:${uid}`,
    Entrypoint: [...entrypoint, script],
    HostConfig: {
      ...HostConfig,
      Tmpfs: Object.fromEntries([...others, owned('/workspace'), owned('/output')]) as Record<string, string>,
      // The driver of runs' containers loses the end of long lines.
      LogConfig: { Type: 'json-file', Config: {} },
      Mounts: Mounts?.filter(({ Type }) => Type === 'bind'),
    },
  });
  try {
    await container.start();
    if (options.signal !== undefined) {
      while ((await printed(container)) === '') await new Promise((resolve) => setTimeout(resolve, 50));
      await container.kill({ signal: options.signal });
    }
    const { StatusCode: exitCode } = (await container.wait()) as { StatusCode: number };
    return { exitCode, output: await printed(container) };
  } finally {
    await container.remove({ force: true, v: true });
    await rm(channelDirectory, { recursive: true });
  }
}

/** Standard output and error, in the order in which they came. */
async function printed(container: Docker.Container): Promise<string> {
  const log = await container.logs({ stdout: true, stderr: true, follow: false });
  const pieces: Buffer[] = [];
  for (let at = 0; at < log.length; at += 8 + log.readUInt32BE(at + 4)) {
    pieces.push(log.subarray(at + 8, at + 8 + log.readUInt32BE(at + 4)));
  }
  return Buffer.concat(pieces).toString();
}
