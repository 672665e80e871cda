import type { ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import type { ContainerState } from '../../ports/container-runtime.js';
import type { EndedState, RunReason, RunReasonCode } from './run-state.js';

/** Everything that decides how a run ended. */
export interface RunFacts {
  readonly report: ExitReport | undefined;
  /** Undefined when it is gone. */
  readonly container: ContainerState | undefined;
  /** Why the server stopped the container, if it did. */
  readonly stopped: 'cancel' | 'deadline' | 'log-full' | undefined;
  /** Every byte that the agent wrote is in the log. */
  readonly logComplete: boolean;
  /** What the AI agent's adapter found wrong with an exit code of 0. */
  readonly objection: string | undefined;
  readonly timeoutSeconds: number;
}

export interface RunVerdict {
  readonly state: EndedState;
  readonly reason: RunReason | undefined;
}

const failed = (code: RunReasonCode, message: string): RunVerdict => ({ state: 'FAILED', reason: { code, message } });

/** What the server did comes first, then what the agent's own report says, then what is left of the container. */
export function verdictOf(facts: RunFacts): RunVerdict {
  const { report, stopped, container } = facts;
  if (stopped === 'cancel') return { state: 'CANCELLED', reason: undefined };
  if (stopped === 'log-full') {
    return failed('LOG_LIMIT', 'The log reached its limit; it ends where the limit was. Let the agent print less.');
  }
  if (stopped === 'deadline' || report?.timedOut === true) {
    const message = `The agent did not finish within ${facts.timeoutSeconds} s. Ask for a longer timeoutSeconds.`;
    return { state: 'TIMED_OUT', reason: { code: 'TIMED_OUT', message } };
  }
  return report ? byReport(report, facts) : withoutReport(container);
}

function byReport({ exitCode, signal }: ExitReport, facts: RunFacts): RunVerdict {
  const outOfMemory = facts.container?.kind === 'exited' && facts.container.outOfMemory;
  if (outOfMemory && exitCode !== 0) return OUT_OF_MEMORY;
  if (exitCode !== 0) {
    const how = exitCode === null ? `was ended by ${signal ?? 'a signal'}` : `exited with code ${exitCode}`;
    return failed('AGENT_FAILED', `The agent ${how}; see the end of its log.`);
  }
  if (!facts.logComplete) return failed('LOG_INCOMPLETE', 'The agent succeeded, but a part of its output is missing.');
  if (facts.objection !== undefined) return failed('NO_RESULT', facts.objection);
  return { state: 'SUCCEEDED', reason: undefined };
}

const OUT_OF_MEMORY = failed('OUT_OF_MEMORY', 'The agent reached its memory limit. Ask for more memory.');

function withoutReport(container: ContainerState | undefined): RunVerdict {
  if (container === undefined) return failed('CONTAINER_REMOVED', 'The container was removed while the agent ran.');
  if (container.kind !== 'exited') return failed('CHANNEL_LOST', 'The container did not speak to the server in time.');
  if (container.outOfMemory) return OUT_OF_MEMORY;
  return failed(
    'CHANNEL_LOST',
    `The container ended with code ${container.exitCode} without a report; its last output may be missing.`,
  );
}
