import { setTimeout as delay } from 'node:timers/promises';
import { AgentEventDecoder, lineParsers, renderForTerminal } from '../sdk/src/renderer/index.js';
import {
  CancelTriageDocument,
  StartTriageDocument,
  TriageRunChangedDocument,
  TriageRunDocument,
  type AiAgent,
  type TriageRunFieldsFragment,
} from '../sdk/src/generated/graphql.js';
import { ConnectionLost, type ApiClient } from './api-client.js';
import { DemoFailure } from './demo-failure.js';
import { followOutput } from './follow-output.js';
import type { Progress } from './progress.js';

export type Run = TriageRunFieldsFragment;

export interface TriageOptions {
  readonly api: ApiClient;
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  /** JSON as text. */
  readonly incident: string;
  readonly progress: Progress;
  readonly colour: boolean;
  readonly signal: AbortSignal;
}

/** Without a container the server first fetches the CLI when it is not installed: hundreds of megabytes. */
const START_TIMEOUT_MS = 600_000;

const hasEnded = ({ endedAt }: Run): boolean => endedAt !== null;

/** Starts a triage, shows its output as it comes, and returns the ended run. An aborted one is cancelled. */
export async function triage(options: TriageOptions): Promise<Run> {
  const { api, instanceId, aiAgent, incident, progress, signal } = options;
  const prompt = 'Find out why this workload does not run, and write a report with evidence, cause and next steps.';
  const input = { instanceId, aiAgent, prompt, incident };
  const starting = api.request(StartTriageDocument, { input }, START_TIMEOUT_MS);
  const run = (
    await progress.during(() => 'waiting for startTriage (RUNTIME=local fetches the CLI the first time)', starting)
  ).startTriage;
  progress.step(`Triage run ${run.id}: ${run.aiAgent}, model ${run.model}, runtime ${run.runtime}.`);
  if (run.runtime === 'LOCAL') progress.loud('This run has NO ISOLATION: the agent is a process of this machine.');
  if (run.modelUpstream === 'MOCK') {
    progress.loud('The model is the built-in MOCK: a script of turns. The agent and its commands are real.');
  }
  try {
    await watch(run, options);
    return await withFigures(await endOf(run.id, options), options);
  } catch (error) {
    if (signal.aborted) await cancel(run.id, options);
    throw error;
  }
}

/** The log, rendered, and the run's states beside it. */
async function watch(run: Run, { api, progress, colour, signal }: TriageOptions): Promise<void> {
  const decoder = new AgentEventDecoder(lineParsers[run.aiAgent]);
  const show = (events: ReturnType<AgentEventDecoder['push']>) =>
    progress.raw(events.map((event) => renderForTerminal(event, { colour })).join(''));
  const states = new AbortController();
  let state: string = run.state;
  let bytes = 0;
  const followStates = showStates(run, api, AbortSignal.any([signal, states.signal]), (next) => {
    state = next;
    progress.note(state);
  });
  const output = followOutput({
    api,
    runId: run.id,
    signal,
    onBytes: (piece) => {
      bytes += piece.length;
      show(decoder.push(piece));
    },
    onReconnect: (offset) => progress.note(`The connection was lost; going on at byte ${offset}.`),
  });
  try {
    await progress.during(() => `${state}, ${bytes} bytes so far`, output);
    show(decoder.end());
  } finally {
    states.abort();
    await followStates;
  }
}

/** For the eye only: a lost connection ends it, and the run is asked for at the end. */
async function showStates(
  run: Run,
  api: ApiClient,
  signal: AbortSignal,
  onState: (state: string) => void,
): Promise<void> {
  let last: string = run.state;
  try {
    for await (const { triageRunChanged } of api.subscribe(TriageRunChangedDocument, { runId: run.id }, signal)) {
      if (triageRunChanged.state !== last) onState((last = triageRunChanged.state));
    }
  } catch (error) {
    if (!(error instanceof ConnectionLost) && !signal.aborted) throw error;
  }
}

/** The log ends a moment before the run's end is recorded. Asks less and less often: each question counts for the quota. */
async function endOf(id: string, { api, signal }: Pick<TriageOptions, 'api' | 'signal'>, seconds = 60): Promise<Run> {
  const deadline = performance.now() + seconds * 1000;
  for (let pauseMs = 100; performance.now() < deadline; pauseMs = Math.min(pauseMs * 2, 2000)) {
    const { triageRun } = await api.request(TriageRunDocument, { id });
    if (hasEnded(triageRun)) return triageRun;
    await delay(pauseMs, undefined, { signal });
  }
  throw new DemoFailure(
    `The log of run ${id} ended, and its end was not recorded within ${seconds} s.`,
    'Look into server.log in the data folder.',
  );
}

/** Model calls are counted off their path: the sums of the last ones appear within two seconds. */
async function withFigures({ id }: Run, { api, signal }: TriageOptions): Promise<Run> {
  await delay(2000, undefined, { signal });
  return (await api.request(TriageRunDocument, { id })).triageRun;
}

async function cancel(id: string, { api, progress }: TriageOptions): Promise<void> {
  progress.step(`Cancelling run ${id}.`);
  try {
    await api.request(CancelTriageDocument, { id });
    const run = await endOf(id, { api, signal: AbortSignal.timeout(30_000) }, 30);
    progress.step(`The run ended ${run.state}.`);
  } catch (error) {
    progress.loud(`The run could not be cancelled: ${(error as Error).message}`);
  }
}
