import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { RUN_LABEL } from '../../src/adapters/container-runtime/docker-container-options.js';

const LOOK_MS = 20;
const WITHIN_MS = 30_000;

/** A run's end is told before its container is removed, and an engine that still removes is no machine at rest. */
export async function containerGone(docker: Docker, runId: string): Promise<void> {
  const filters = { label: [`${RUN_LABEL}=${runId}`] };
  const began = performance.now();
  while ((await docker.listContainers({ all: true, filters })).length > 0) {
    if (performance.now() - began > WITHIN_MS) throw new Error(`The container of run ${runId} was not removed.`);
    await delay(LOOK_MS);
  }
}
