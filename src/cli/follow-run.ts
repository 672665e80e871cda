import type { TriageRun } from '../../sdk/src/index.js';
import { explain } from './explain.js';
import { askWhatToDo, canAsk, type Choice, type Interruptions } from './interruption.js';
import { MAX_FAILURES, writeRunOutput } from './run-output.js';
import type { Session } from './session.js';

export interface FollowOptions {
  readonly raw: boolean;
  readonly interruptions: Interruptions;
}

/** Shows a run's output and states until its end, and answers the ended run; or until the user leaves it, and answers nothing. */
export async function followRun(
  session: Session,
  run: TriageRun,
  { raw, interruptions }: FollowOptions,
): Promise<TriageRun | undefined> {
  const { client, io, out, err } = session;
  const stop = new AbortController();
  const { signal } = stop;
  let held: PromiseWithResolvers<void> | undefined;
  const following = Promise.all([
    writeRunOutput(session, run, { raw, signal, gate: () => held?.promise }),
    tellStates(session, run, signal),
  ]).then(([, end]) => end);
  const asked = async (): Promise<Choice> => {
    const question = new AbortController();
    // A question that scrolls away cannot be answered.
    if (out.isTerminal) held = Promise.withResolvers();
    try {
      const left = interruptions.arrived.then((): Choice => 'leave');
      const ended = following.then((): Choice => 'stay');
      return await Promise.race([askWhatToDo(io, question.signal), left, ended]);
    } finally {
      question.abort();
      held?.resolve();
      held = undefined;
    }
  };
  let isCancelling = false;
  const cancel = async (): Promise<void> => {
    isCancelling = true;
    await err.line('Cancelling the run. Ctrl-C leaves it.');
    try {
      await client.cancelTriage(run.id, { signal });
    } catch (error) {
      if (signal.aborted) return;
      isCancelling = false;
      await err.line(`${explain(error).message} The run was not cancelled and goes on; Ctrl-C asks again.`);
    }
  };
  try {
    for (;;) {
      const end = await Promise.race([following, interruptions.arrived]);
      if (end) return end;
      const isToAsk = interruptions.take() === 'SIGINT' && canAsk(io) && !isCancelling;
      const choice = isToAsk ? await asked() : 'leave';
      if (choice === 'leave') {
        await err.line(
          `The run goes on. To follow it: triaged logs -f ${run.id}. To end it: triaged cancel ${run.id}.`,
        );
        return undefined;
      }
      if (choice === 'cancel') void cancel();
    }
  } finally {
    stop.abort();
    await following.catch(() => undefined);
  }
}

/** The run as it ended. */
async function tellStates({ client, err }: Session, run: TriageRun, signal: AbortSignal): Promise<TriageRun> {
  let last = run;
  for await (const changed of client.triageRunChanged(run.id, { signal, maxFailures: MAX_FAILURES })) {
    if (changed.state !== last.state && changed.endedAt == null) await err.line(`${changed.state}.`);
    last = changed;
  }
  return last.endedAt == null ? client.triageRun(run.id, { signal }) : last;
}
