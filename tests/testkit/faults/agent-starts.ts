import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface AgentStarts {
  /** How often a container was started for the run. */
  of(runId: string): number;
  close(): void;
}

/** Counts, from the engine's own events, how often a container was started for each run. */
export function watchAgentStarts(): AgentStarts {
  const started = new Map<string, number>();
  const filters = ['type=container', 'event=start', 'label=triaged.run'].flatMap((filter) => ['--filter', filter]);
  const format = '{{index .Actor.Attributes "triaged.run"}}';
  const events = spawn('docker', ['events', ...filters, '--format', format], { stdio: ['ignore', 'pipe', 'ignore'] });
  createInterface(events.stdout).on('line', (runId) => started.set(runId, (started.get(runId) ?? 0) + 1));
  return { of: (runId) => started.get(runId) ?? 0, close: () => void events.kill('SIGKILL') };
}
