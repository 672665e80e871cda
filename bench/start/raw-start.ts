import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import type Docker from 'dockerode';
import { containerOptions } from '../../src/adapters/container-runtime/docker-container-options.js';
import { newRunId } from '../../src/kernel/ids.js';
import { AGENT_COMMAND } from '../harness/agent-image.js';
import { TRIVIAL_IMAGE } from './trivial-agent.js';

/** As the product gives: bounds, and one folder in memory for the configuration. */
const BOUNDS = { memoryFolders: ['/run/configuration'], memoryBytes: 2 * 1024 ** 3, cpus: 2, pids: 512 };

/**
 * The yardstick: create, attach, start and wait for the first byte of the same agent in the same image with the
 * product's own container options, and nothing of the product around it. Milliseconds.
 */
export async function rawStart(docker: Docker): Promise<number> {
  const channelDirectory = await mkdtemp(path.join(os.tmpdir(), 'triaged-bench-'));
  const spec = { runId: newRunId(), aiAgent: 'CLAUDE_CODE', channelDirectory, ...BOUNDS } as const;
  const began = performance.now();
  const container = await docker.createContainer({
    ...containerOptions(spec, TRIVIAL_IMAGE, 'bench'),
    Labels: {},
    Entrypoint: [AGENT_COMMAND],
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const firstByte = once(stream, 'data', { signal: AbortSignal.timeout(30_000) });
    await container.start();
    await firstByte;
    return performance.now() - began;
  } finally {
    await container.remove({ force: true, v: true });
    await rm(channelDirectory, { recursive: true, force: true });
  }
}
