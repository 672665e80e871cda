import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const FAKE_AGENT_IMAGE = 'k8s-triage-agent-fake:latest';

/** Runs the docker client against the engine under test; resolves with its stdout. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 64 * 1024 * 1024, timeout: 300_000 });
  return stdout.trim();
}

/** The agents' image with the CLI replaced by the fake agent; quick, because only one file differs. */
export async function buildFakeAgentImage(): Promise<string> {
  await docker(
    'build',
    '-q',
    '--network',
    'none',
    '-t',
    FAKE_AGENT_IMAGE,
    path.join(import.meta.dirname, 'fake-agent'),
  );
  return FAKE_AGENT_IMAGE;
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
