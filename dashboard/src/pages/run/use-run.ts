import { useSubscription } from 'urql';
import {
  TriageRunDetailsChangedDocument,
  TriageRunDetailsDocument,
  type TriageRunDetailsFieldsFragment,
} from '../../../../sdk/src/generated/graphql.js';
import { documentOf, usePolling, useRead, type Problem } from '../../api/index.js';
import { isUnderWay } from '../../ui/index.js';

export type Run = TriageRunDetailsFieldsFragment;

/** Every change is told, of tokens and cost too: this is for a watch that was refused. */
const LOOK_EVERY_MS = 60_000;

/** A run as it stands, each change of it at once; `look` reads it anew. */
export function useRun(id: string): {
  readonly run: Run | undefined;
  readonly problem: Problem | undefined;
  readonly look: () => void;
} {
  const { data, problem, reload: look } = useRead(TriageRunDetailsDocument, { id });
  const read = data?.triageRun;
  const [{ data: changed, error: unwatched }, watch] = useSubscription({
    query: documentOf(TriageRunDetailsChangedDocument),
    variables: { runId: id },
    pause: read === undefined || !isUnderWay(read.state),
  });
  // An end is for ever; before it, no read is newer than the last change for long.
  const run = read && isUnderWay(read.state) ? (changed?.triageRunChanged ?? read) : read;
  const goesOn = run !== undefined && isUnderWay(run.state);
  usePolling(() => {
    if (!goesOn) return;
    look();
    if (unwatched) watch();
  }, LOOK_EVERY_MS);
  return { run, problem, look };
}
