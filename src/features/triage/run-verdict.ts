import type { ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import { TriagedError } from '../../kernel/errors.js';
import type { ContainerState } from '../../ports/container-runtime.js';
import { isOfBudget, type RunRefusal } from '../limits/index.js';
import type { ReportProblem } from '../reports/index.js';
import type { FailureHint } from './failure-hint.js';
import { REVOKED_MESSAGE } from './revoked-runs.js';
import type { EndedState, RunReason, RunReasonCode } from './run-state.js';

/** Why the server stopped a container. `finished`: its agent had said that it was done and then did not end. `revoked`: its key was. `budget`: a spent budget did not end it. `silent`: nothing was heard of it. */
export type StopReason = 'cancel' | 'revoked' | 'deadline' | 'log-full' | 'finished' | 'budget' | 'silent';

/** The model calls that the gateway passed on for a run. */
export interface ModelCallFigures {
  readonly requestCount: number;
  readonly errorCount: number;
  readonly outputTokens: number;
}

/** Everything that decides how a run ended. */
export interface RunFacts {
  readonly exit: ExitReport | undefined;
  /** Undefined when it is gone. */
  readonly container: ContainerState | undefined;
  readonly stopped: StopReason | undefined;
  /** Every byte that the agent wrote is in the log. */
  readonly logComplete: boolean;
  /** What the AI agent's adapter found wrong with the end of the log. */
  readonly objection: string | undefined;
  /** What the end of the log says of the cause, should the run have failed. */
  readonly hint: FailureHint | undefined;
  /** Undefined when they are not known, or count nothing. */
  readonly calls: ModelCallFigures | undefined;
  /** Undefined when there is a valid report. */
  readonly reportProblem: ReportProblem | undefined;
  /** The limit of its AI agent that refused its last model call, if one did. */
  readonly refusal: RunRefusal | undefined;
  readonly timeoutSeconds: number;
  readonly silenceSeconds: number;
}

export interface RunVerdict {
  readonly state: EndedState;
  readonly reason: RunReason | undefined;
}

const failed = (code: RunReasonCode, message: string): RunVerdict => ({ state: 'FAILED', reason: { code, message } });

/**
 * What the server did comes first, then what is left of the container, then what the agent did and left. Each step is a
 * question of its own; docs/adr/0006-verdict.md says why in this order.
 */
export function verdictOf(facts: RunFacts): RunVerdict {
  const { exit, stopped } = facts;
  if (stopped === 'cancel') return { state: 'CANCELLED', reason: undefined };
  if (stopped === 'revoked') return failed('CREDENTIAL_REVOKED', REVOKED_MESSAGE);
  if (stopped === 'log-full') {
    return failed(
      'LOG_LIMIT',
      'The log reached its limit, or the disk has no more room; it ends there. Let the agent print less.',
    );
  }
  if (stopped === 'budget') {
    const message = 'The agent went on after a budget was spent, without a model to ask, and was ended.';
    return failed('BUDGET_EXCEEDED', because(message, facts.refusal));
  }
  if (stopped === 'silent') {
    const message =
      `The agent printed nothing for ${facts.silenceSeconds} s, with no model call under way, and was ended; see the end of its log. ` +
      'For tools that work in silence for longer the operator raises RUN_SILENCE_TIMEOUT.';
    return failed('SILENT', because(message, facts.refusal));
  }
  if (stopped === 'deadline' || (exit?.timedOut === true && stopped !== 'finished')) {
    const message = `The agent did not finish within ${facts.timeoutSeconds} s. Ask for a longer timeoutSeconds.`;
    return { state: 'TIMED_OUT', reason: { code: 'TIMED_OUT', message: because(message, facts.refusal) } };
  }
  if (exit?.artifactsOverLimit === true) {
    const message = 'The files in workspace and output became more than is kept of a run; what did not fit is gone.';
    return failed('ARTIFACT_LIMIT', `${message} Let the agent write less, or remove what it needs no more.`);
  }
  return exit ? ofAgent(exit, facts) : withoutExit(facts.container);
}

/** What a spent limit or a refused tool may be the cause of. */
const EXPLAINABLE: ReadonlySet<RunReasonCode> = new Set(['AGENT_FAILED', 'NOTHING_RUN', 'NO_RESULT', 'NO_REPORT']);

function ofAgent(exit: ExitReport, facts: RunFacts): RunVerdict {
  const hasFailed = exit.exitCode !== 0 && facts.stopped !== 'finished';
  if (hasFailed && facts.container?.kind === 'exited' && facts.container.outOfMemory) return OUT_OF_MEMORY;
  const fault = (hasFailed ? ofExit(exit) : undefined) ?? ofWork(facts);
  if (fault === undefined) return { state: 'SUCCEEDED', reason: undefined };
  const cause = EXPLAINABLE.has(fault.code) ? (ofRefusal(facts.refusal) ?? facts.hint) : undefined;
  return cause ? failed(cause.code, `${cause.message} (${fault.message})`) : failed(fault.code, fault.message);
}

/** Ours is known and not guessed, so it outranks what the agent's words tell of some limit. */
function ofRefusal(refusal: RunRefusal | undefined): RunReason | undefined {
  if (!refusal) return undefined;
  return { code: isOfBudget(refusal) ? 'BUDGET_EXCEEDED' : 'CALLS_LIMITED', message: refusal.message };
}

const because = (message: string, refusal: RunRefusal | undefined): string =>
  refusal ? `${message} ${refusal.message}` : message;

function ofExit({ exitCode, signal }: ExitReport): RunReason {
  const how = exitCode === null ? `was ended by ${signal ?? 'a signal'}` : `exited with code ${exitCode}`;
  return { code: 'AGENT_FAILED', message: `The agent ${how}; see the end of its log.` };
}

/** What is wrong with the work of an agent that ended well; undefined when nothing is. */
function ofWork({ logComplete, calls, objection, reportProblem }: RunFacts): RunReason | undefined {
  if (!logComplete) {
    return { code: 'LOG_INCOMPLETE', message: 'The agent succeeded, but a part of its output is missing.' };
  }
  if (calls?.outputTokens === 0) return nothingRun(calls);
  if (objection !== undefined) return { code: 'NO_RESULT', message: objection };
  if (!reportProblem) return undefined;
  const code = reportProblem.code === 'MISSING' ? 'NO_REPORT' : 'INVALID_REPORT';
  return { code, message: `${reportProblem.message} What it did write is among the artifacts and in the log.` };
}

function nothingRun({ requestCount, errorCount }: ModelCallFigures): RunReason {
  const made = `The agent exited with 0, but none of its ${requestCount} model calls was answered (${errorCount} failed).`;
  const message = requestCount === 0 ? 'The agent exited with 0 without a single model call.' : made;
  return { code: 'NOTHING_RUN', message: `${message} Check its key, its model and the end of its log.` };
}

export const LOST: RunVerdict = {
  state: 'LOST',
  reason: { code: 'CONTAINER_LOST', message: 'The container was gone when the server came back.' },
};

/** How long the runs of a group without any server wait for one. */
export const FORSAKEN_MINUTES = 15;

export const FORSAKEN = {
  code: 'SERVER_LOST',
  message: `The server that had the run is gone, and none that could go on with it came back within ${FORSAKEN_MINUTES} minutes.`,
} as const satisfies RunReason;

const OUT_OF_MEMORY = failed('OUT_OF_MEMORY', 'The agent reached its memory limit. Ask for more memory.');

function withoutExit(container: ContainerState | undefined): RunVerdict {
  if (container === undefined) return failed('CONTAINER_REMOVED', 'The container was removed while the agent ran.');
  if (container.kind !== 'exited') return failed('CHANNEL_LOST', 'The container did not speak to the server in time.');
  if (container.outOfMemory) return OUT_OF_MEMORY;
  return failed(
    'CHANNEL_LOST',
    `The container ended with code ${container.exitCode} without a report; its last output may be missing.`,
  );
}

/** Of a run that the server could not carry out. */
export function verdictOfError(error: unknown): RunVerdict {
  if (!(error instanceof TriagedError)) return failed('INTERNAL', 'The server failed; its log tells more. Try again.');
  const { code, message } = error;
  const isOfKey = code === 'CREDENTIAL_UNREADABLE' || code === 'CREDENTIAL_REVOKED';
  return failed(isOfKey ? code : 'RUNTIME_UNAVAILABLE', message);
}
