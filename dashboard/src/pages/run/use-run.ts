import { useQuery, useSubscription } from 'urql';
import {
  TriageRunDetailsChangedDocument,
  TriageRunDetailsDocument,
  type TriageRunDetailsFieldsFragment,
} from '../../../../sdk/src/generated/graphql.js';
import { documentOf, problemOf, usePolling, type Problem } from '../../api/index.js';
import { isUnderWay } from '../../ui/index.js';

export type Run = TriageRunDetailsFieldsFragment;

/** Tokens and cost change without a change of the run itself. */
const LOOK_EVERY_MS = 5_000;

/** A run as it stands, each change of it at once; `look` reads it anew. */
export function useRun(id: string): {
  readonly run: Run | undefined;
  readonly problem: Problem | undefined;
  readonly look: () => void;
} {
  const [{ data, error }, read] = useQuery({
    query: documentOf(TriageRunDetailsDocument),
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  const read1 = data?.triageRun;
  const [{ data: changed }] = useSubscription({
    query: documentOf(TriageRunDetailsChangedDocument),
    variables: { runId: id },
    pause: read1 === undefined || !isUnderWay(read1.state),
  });
  const look = () => read({ requestPolicy: 'network-only' });
  const run = later(read1, changed?.triageRunChanged);
  const goesOn = run !== undefined && isUnderWay(run.state);
  usePolling(() => goesOn && look(), LOOK_EVERY_MS);
  return { run, problem: error && problemOf(error), look };
}

/** Of what was read and what was told, that which has come further. */
function later(read: Run | undefined, told: Run | undefined): Run | undefined {
  if (!told || read?.id !== told.id) return read;
  if (!isUnderWay(read.state)) return read;
  if (!isUnderWay(told.state)) return told;
  const order = ['QUEUED', 'PREPARING', 'RUNNING'];
  return order.indexOf(told.state) > order.indexOf(read.state) ? told : read;
}
