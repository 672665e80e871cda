import type { Logger } from 'pino';
import type { ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import { failpoint } from '../../kernel/failpoints.js';
import type { ContainerRuntime, ContainerState } from '../../ports/container-runtime.js';
import { adapterOf } from '../ai-agents/index.js';
import type { ArtifactStore } from '../artifacts/index.js';
import type { RunSpending } from '../limits/index.js';
import type { RunLogStore } from '../run-log/index.js';
import type { UsageMeter } from '../usage/index.js';
import { failureHint } from './failure-hint.js';
import { logFileName } from './log-file-name.js';
import { logTail } from './log-tail.js';
import { collectReport } from './run-report.js';
import type { RunReport } from './run-report.js';
import type { RunEnding, RunStore } from './run.store.js';
import { verdictOf } from './run-verdict.js';
import type { ModelCallFigures, RunFacts, RunVerdict, StopReason } from './run-verdict.js';
import type { TriageRunEntity } from './triage-run.entity.js';
import { reportedUsage, usageDrift } from './usage-drift.js';
import type { TokenTotals } from './usage-drift.js';

export interface RunConclusionDependencies {
  readonly store: RunStore;
  readonly runtime: Pick<ContainerRuntime, 'kind'>;
  readonly logs: RunLogStore;
  readonly artifacts: ArtifactStore;
  readonly meter: Pick<UsageMeter, 'flush'>;
  readonly spending: Pick<RunSpending, 'refusalOf'>;
  readonly logger: Logger;
  readonly silenceSeconds: number;
}

/** How a run's container came to its end, as its owner saw it. */
export interface WatchedRun {
  readonly run: TriageRunEntity;
  readonly exit: ExitReport | undefined;
  readonly container: ContainerState | undefined;
  readonly stopped: StopReason | undefined;
  /** The end of the log when the agent said that it was done, if it was stopped for that: what came later is not its. */
  readonly finalWords: string | undefined;
  /** A verdict that needs no look at what the agent did. */
  readonly decided: RunVerdict | undefined;
}

/** Repeats a statement while the database is away. */
type Persist = <T>(statement: () => Promise<T>) => Promise<T>;

/** Gathers what the run left, once its log and its channel are closed, and judges it. */
export async function concludeRun(
  deps: RunConclusionDependencies,
  watched: WatchedRun,
  persist: Persist,
): Promise<Omit<RunEnding, 'network'>> {
  const { run, exit, stopped } = watched;
  const { logs, logger, silenceSeconds } = deps;
  const [logBytes, report] = [await logs.size(run.id), await reportOf(deps, run)];
  const logMasked = await logs.isMasked(run.id);
  // Masks are as long as what they hide: then the number of bytes is all there is to compare.
  const isExact = async (): Promise<boolean> => logMasked || exit?.outputSha256 === (await logs.sha256(run.id));
  const logComplete = exit?.outputBytes === logBytes && (await isExact());
  // Before the verdict, which asks for the figures; and who sees the end sees what the run used.
  const calls = await callsOf(deps, run, persist);
  const tail = watched.finalWords ?? (await logTail(logs, run.id));
  const reportProblem = report.problem ?? undefined;
  const refusal = deps.spending.refusalOf(run.id);
  const facts = { ...watched, ...wordsOf(deps, run, tail), logComplete, calls, reportProblem, refusal };
  const verdict = watched.decided ?? verdictOf({ ...facts, timeoutSeconds: run.timeoutSeconds, silenceSeconds });
  await deps.artifacts
    .add(run.id, logFileName(run.aiAgent, run.createdAt), logs.path(run.id))
    .catch((error: unknown) => logger.warn({ err: error }, 'the log could not be put among the artifacts'));
  const logTruncated = stopped === 'log-full';
  const exitCode = exit?.exitCode ?? null;
  const account = await accountOf(deps, run, calls);
  failpoint('run-concluded');
  return { ...verdict, exitCode, logBytes, logComplete, logTruncated, logMasked, report, ...account };
}

/** What the CLI said that it used, held against what was counted. */
async function accountOf(
  { logs, runtime, logger }: RunConclusionDependencies,
  run: TriageRunEntity,
  counted: TokenTotals | undefined,
): Promise<Pick<RunEnding, 'reportedTokens' | 'usageDrift'>> {
  try {
    const reported = runtime.kind === 'fake' ? undefined : await reportedUsage(logs, run.id, adapterOf(run.aiAgent));
    const drift = reported && counted ? usageDrift(counted, reported) : null;
    if (drift !== null) logger.warn({ drift, counted, reported }, 'an AI agent reports other usage than was counted');
    return { reportedTokens: reported ?? null, usageDrift: drift };
  } catch (error) {
    logger.error({ err: error }, 'what an AI agent reports of its usage could not be read');
    return { reportedTokens: null, usageDrift: null };
  }
}

/** A disk that cannot be read is no reason to leave a run without an end. */
async function reportOf(deps: RunConclusionDependencies, run: TriageRunEntity): Promise<RunReport> {
  try {
    return await collectReport(deps, run.id);
  } catch (error) {
    deps.logger.error({ err: error, runId: run.id }, 'a report could not be read');
    const message = 'The server could not read the report; it may be among the artifacts.';
    return { report: null, problem: { code: 'INVALID', path: null, message } };
  }
}

/** The fake runtime plays no CLI, so nothing is expected of its last words. */
function wordsOf(
  { runtime }: RunConclusionDependencies,
  run: TriageRunEntity,
  tail: string,
): Pick<RunFacts, 'objection' | 'hint'> {
  if (runtime.kind === 'fake') return { objection: undefined, hint: undefined };
  return { objection: adapterOf(run.aiAgent).judge(tail), hint: failureHint(tail) };
}

/** Undefined when they are not known: also when the server was killed while it made one. The fake runtime asks no model. */
async function callsOf(
  { meter, store, runtime, logger }: RunConclusionDependencies,
  run: TriageRunEntity,
  persist: Persist,
): Promise<(ModelCallFigures & TokenTotals) | undefined> {
  try {
    await persist(() => meter.flush());
  } catch (error) {
    logger.warn({ err: error }, "a run's last figures will be added later");
    return undefined;
  }
  return runtime.kind === 'fake' ? undefined : persist(() => store.modelCalls(run.id));
}
