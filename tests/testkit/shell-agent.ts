import path from 'node:path';
import type { TestClient } from './client.js';
import { docker } from './docker.js';
import { startTriage, type RunView } from './triage.js';

const SHELL_AGENT_IMAGE = 'k8s-triage-agent-shell:latest';

/** The agents' image with Claude Code replaced by a shell that carries out the incident's script. */
export async function buildShellAgentImage(): Promise<string> {
  const base = process.env.AGENT_IMAGE ? ['--build-arg', `AGENT_IMAGE=${process.env.AGENT_IMAGE}`] : [];
  const folder = path.join(import.meta.dirname, 'shell-agent');
  await docker('build', '-q', '--network', 'none', '-t', SHELL_AGENT_IMAGE, ...base, folder);
  return SHELL_AGENT_IMAGE;
}

export const startScript = (client: TestClient, script: string, input: Record<string, unknown>): Promise<RunView> =>
  startTriage(client, { prompt: 'Run it.', incident: JSON.stringify({ id: 'script', script }), ...input });

/** What a script printed as `probe NAME RESULT`. */
export const probesIn = (output: Buffer): Record<string, string> =>
  Object.fromEntries(
    Array.from(output.toString('utf8').matchAll(/^probe (\S+) (.*)$/gm), ([, name, result]) => [name!, result!]),
  );
