import { setTimeout as delay } from 'node:timers/promises';
import { AgentEventDecoder, lineParsers, renderForTerminal, terminalText } from '../sdk/src/renderer/index.js';
import type { AiAgent, Triaged, TriageRun } from '../sdk/src/index.js';
import { startOnce } from '../src/cli/start-once.js';
import { DemoFailure } from './demo-failure.js';
import type { Progress } from './progress.js';

export interface TriageOptions {
  readonly api: Triaged;
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  /** JSON as text. */
  readonly incident: string;
  /** Where the run is shown, for people. */
  readonly linkOf: (runId: string) => string;
  readonly progress: Progress;
  readonly colour: boolean;
  readonly signal: AbortSignal;
}

/** Tries in a row to reach a server whose connection was lost: half a minute. */
const MAX_FAILURES = 10;

/** Starts a triage, shows its output as it comes, and returns the ended run. An aborted one is cancelled. */
export async function triage(options: TriageOptions): Promise<TriageRun> {
  const { api, instanceId, aiAgent, incident, progress, signal } = options;
  const prompt = 'Find out why this workload does not run, and write a report with evidence, cause and next steps.';
  const input = { instanceId, aiAgent, prompt, incident };
  const run = await progress.during(
    () => 'waiting for startTriage (RUNTIME=local fetches the CLI the first time)',
    startOnce(api, input),
  );
  progress.step(`Triage run ${run.id}: ${run.aiAgent}, model ${run.model}, runtime ${run.runtime}.`);
  progress.note(`Watch it: ${options.linkOf(run.id)}`);
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
async function watch(run: TriageRun, { api, progress, colour, signal }: TriageOptions): Promise<void> {
  const decoder = new AgentEventDecoder(lineParsers[run.aiAgent]);
  const show = (events: ReturnType<AgentEventDecoder['push']>) =>
    progress.raw(events.map((event) => renderForTerminal(event, { colour })).join(''));
  const states = new AbortController();
  let state: string = run.state;
  let bytes = 0;
  const followStates = showStates(run, api, AbortSignal.any([signal, states.signal]), (next) => {
    state = next;
    progress.note(state);
  }).catch((error: unknown) =>
    progress.note(`No more states are shown: ${terminalText((error as Error).message, false)}`),
  );
  const follow = async (): Promise<void> => {
    const onReconnect = ({ offset, error }: { readonly offset: number; readonly error: Error }) =>
      progress.note(`${terminalText(error.message, false)} Going on at byte ${offset}.`);
    for await (const chunk of api.triageOutput(run.id, { signal, onReconnect, maxFailures: MAX_FAILURES })) {
      bytes = chunk.nextOffset;
      show(decoder.push(chunk.bytes));
    }
  };
  try {
    await progress.during(() => `${state}, ${bytes} bytes so far`, follow());
    show(decoder.end());
  } finally {
    states.abort();
    await followStates;
  }
}

/** For the eye only: the run is asked for at the end. */
async function showStates(
  run: TriageRun,
  api: Triaged,
  signal: AbortSignal,
  onState: (state: string) => void,
): Promise<void> {
  let last: string = run.state;
  try {
    for await (const { state } of api.triageRunChanged(run.id, { signal, maxFailures: MAX_FAILURES })) {
      if (state !== last) onState((last = state));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The log ends a moment before the run's end is recorded. */
async function endOf(
  id: string,
  { api, signal }: Pick<TriageOptions, 'api' | 'signal'>,
  seconds = 60,
): Promise<TriageRun> {
  const late = AbortSignal.timeout(seconds * 1000);
  try {
    return await api.triageEnd(id, { signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    if (!late.aborted) throw error;
    throw new DemoFailure(
      `The end of run ${id} was not recorded within ${seconds} s of that of its log.`,
      'Look into server.log in the data folder.',
    );
  }
}

/** Model calls are counted off their path: the sums of the last ones appear within two seconds. */
async function withFigures({ id }: TriageRun, { api, signal }: TriageOptions): Promise<TriageRun> {
  await delay(2000, undefined, { signal });
  return api.triageRun(id);
}

async function cancel(id: string, { api, progress }: TriageOptions): Promise<void> {
  progress.step(`Cancelling run ${id}.`);
  try {
    await api.cancelTriage(id);
    const run = await endOf(id, { api, signal: AbortSignal.timeout(30_000) }, 30);
    progress.step(`The run ended ${run.state}.`);
  } catch (error) {
    progress.loud(`The run could not be cancelled: ${(error as Error).message}`);
  }
}
