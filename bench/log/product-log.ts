import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Triaged } from '../../sdk/src/index.js';
import { StartTriageDocument } from '../../sdk/src/generated/graphql.js';
import { containerGone } from '../harness/container-gone.js';
import { expectSuccess } from '../harness/expect-success.js';

const LOOK_MS = 10;
const WITHIN_MS = 300_000;

export interface ProductLog {
  /** From sending startTriage to the last byte in the log file; the container's start is in it. */
  readonly ms: number;
  readonly file: string;
}

/** One triage whose agent prints `bytes`; resolves when it has ended and its container is gone, so that the next side meets an idle machine. */
export async function productLog(
  api: Triaged,
  docker: Docker,
  instanceId: string,
  dataDir: string,
  bytes: number,
): Promise<ProductLog> {
  const input = {
    instanceId,
    aiAgent: 'CLAUDE_CODE',
    prompt: 'Nothing to do.',
    incident: '{"title":"bench"}',
  } as const;
  const began = performance.now();
  const { id } = (await api.request(StartTriageDocument, { input })).startTriage;
  const file = path.join(dataDir, 'run-logs', `${id}.log`);
  while ((await sizeOf(file)) < bytes) {
    if (performance.now() - began > WITHIN_MS) throw new Error(`The log of run ${id} did not fill.`);
    await delay(LOOK_MS);
  }
  const ms = performance.now() - began;
  await expectSuccess(api, id);
  await containerGone(docker, id);
  return { ms, file };
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
