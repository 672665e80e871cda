import type { TriageRun } from '../../sdk/src/index.js';
import { askWhatToDo, canAsk, type Choice, type Interruptions } from './interruption.js';
import { MAX_FAILURES, writeRunOutput } from './run-output.js';
import type { Session } from './session.js';

export interface FollowOptions {
  readonly raw: boolean;
  readonly interruptions: Interruptions;
}

/** Shows a run's output and states until its end, true; or until the user leaves it, false. */
export async function followRun(
  session: Session,
  run: TriageRun,
  { raw, interruptions }: FollowOptions,
): Promise<boolean> {
  const { client, io, out, err } = session;
  const stop = new AbortController();
  const { signal } = stop;
  let held: PromiseWithResolvers<void> | undefined;
  const following = Promise.all([
    writeRunOutput(session, run, { raw, signal, gate: () => held?.promise }),
    tellStates(session, run, signal),
  ]);
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
  try {
    for (let isCancelling = false; ;) {
      const hasEnded = await Promise.race([following.then(() => true), interruptions.arrived.then(() => false)]);
      if (hasEnded) return true;
      const isToAsk = interruptions.take() === 'SIGINT' && canAsk(io) && !isCancelling;
      const choice = isToAsk ? await asked() : 'leave';
      if (choice === 'leave') {
        await err.line(
          `The run goes on. To follow it: triaged logs -f ${run.id}. To end it: triaged cancel ${run.id}.`,
        );
        return false;
      }
      if (choice === 'cancel') {
        await err.line('Cancelling the run. Ctrl-C leaves it.');
        await client.cancelTriage(run.id);
        isCancelling = true;
      }
    }
  } finally {
    stop.abort();
    await following.catch(() => undefined);
  }
}

async function tellStates({ client, err }: Session, run: TriageRun, signal: AbortSignal): Promise<void> {
  let { state } = run;
  for await (const changed of client.triageRunChanged(run.id, { signal, maxFailures: MAX_FAILURES })) {
    const isEnd = changed.endedAt != null;
    if (changed.state !== state && !isEnd) await err.line(`${changed.state}.`);
    ({ state } = changed);
  }
}
