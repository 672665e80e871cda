import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs the docker client against the engine under test; resolves with its stdout. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 64 * 1024 * 1024, timeout: 300_000 });
  return stdout.trim();
}

/** The agents' image with Claude Code replaced by the fake agent; quick, because only one file differs. */
export const buildFakeAgentImage = (): Promise<string> => buildStandInImage('fake-agent', 'claude.mjs');

/** The agents' image with Claude Code replaced by a file of a folder beside this one. */
export async function buildStandInImage(standIn: string, file: string): Promise<string> {
  const folder = path.join(import.meta.dirname, standIn);
  const base = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
  // Named after what it holds, so that checkouts which share an engine do not take each other's.
  const content = createHash('sha256').update(await readFile(path.join(folder, file)));
  const image = `k8s-triage-agent-fake:${content.update(base).digest('hex').slice(0, 12)}`;
  await docker('build', '-q', '--network', 'none', '--build-arg', `AGENT_IMAGE=${base}`, '-t', image, folder);
  return image;
}

/** Ids of the containers that belong to a run of triaged, running or not. */
export async function runContainers(runId?: string): Promise<string[]> {
  const output = await docker('ps', '-aq', '--no-trunc', '--filter', `label=triaged.run${runId ? `=${runId}` : ''}`);
  return output.split('\n').filter(Boolean);
}

/** Resolves once no container of the run is left: it is removed just after the run's end was recorded. */
export async function awaitNoContainer(runId: string, seconds = 15): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (let left = await runContainers(runId); left.length > 0; left = await runContainers(runId)) {
    if (Date.now() > deadline) throw new Error(`a container of the run is left: ${left.join(', ')}`);
    await sleep(200);
  }
}
