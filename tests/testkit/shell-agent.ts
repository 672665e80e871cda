import type { TestClient } from './client.js';
import { buildStandInImage } from './docker.js';
import { awaitRun, followOutput, startTriage, type RunView } from './triage.js';

/** The agents' image with Claude Code replaced by a shell that carries out the incident's script. */
export const buildShellAgentImage = (): Promise<string> => buildStandInImage('shell-agent', 'claude.sh');

export const startScript = (client: TestClient, script: string, input: Record<string, unknown>): Promise<RunView> =>
  startTriage(client, { prompt: 'Run it.', incident: JSON.stringify({ id: 'script', script }), ...input });

/** What a script printed as `probe NAME RESULT`. */
export const probesIn = (output: Buffer): Record<string, string> =>
  Object.fromEntries(
    Array.from(output.toString('utf8').matchAll(/^probe (\S+) (.*)$/gm), ([, name, result]) => [name!, result!]),
  );

/** Waits for the script's end; its run's verdict is no matter, since it answers by what it prints. */
export async function runScript(client: TestClient, script: string, input: Record<string, unknown>) {
  const { id } = await startScript(client, script, input);
  const { bytes } = await followOutput(client, id);
  await awaitRun(client, id);
  return { id, text: bytes.toString('utf8'), probes: probesIn(bytes) };
}
