import { useEffect, useMemo, useState } from 'react';
import { useClient } from 'urql';
import { RunListChangedDocument } from '../../../../sdk/src/generated/graphql.js';
import type { RunListFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { documentOf } from '../../api/index.js';
import { isUnderWay } from '../../ui/index.js';
import { Watches } from './watches.js';

type Seen = ReadonlyMap<string, RunListFieldsFragment>;

/** Runs that are watched at once; each costs a subscription. */
const WATCHED = 20;

/** What was seen of a run that is no longer watched is older than any list; but its end is for ever. */
const forget = (seen: Seen, runId: string): Seen => {
  const change = seen.get(runId);
  return change && isUnderWay(change.state) ? new Map([...seen].filter(([id]) => id !== runId)) : seen;
};

/** The runs as they are now: those that are under way are watched until they end. Undefined while they are read first. */
export function useLiveRuns(runs: readonly RunListFieldsFragment[] | undefined): readonly RunListFieldsFragment[] {
  const client = useClient();
  const [seen, setSeen] = useState<Seen>(new Map());
  const watches = useMemo(() => {
    const own: Watches = new Watches((runId) => {
      const opened = client.subscription(documentOf(RunListChangedDocument), { runId }).subscribe(({ data, error }) => {
        if (error) own.end(runId);
        else if (data) setSeen((before) => new Map(before).set(runId, data.triageRunChanged));
      });
      return () => {
        opened.unsubscribe();
        setSeen((before) => forget(before, runId));
      };
    });
    return own;
  }, [client]);
  const wanted = runs
    ?.filter(({ state }) => isUnderWay(state))
    .slice(0, WATCHED)
    .map(({ id }) => id)
    .join(' ');

  useEffect(() => {
    // The watches stay as they are while another list is read: mostly it holds the same runs.
    if (wanted !== undefined) watches.keepTo(wanted.split(' ').filter(Boolean));
  }, [watches, wanted]);
  useEffect(() => () => watches.keepTo([]), [watches]);

  // What was read later counts: an end is for ever, and a read list may be older than a change.
  return (runs ?? []).map((run) => {
    const change = seen.get(run.id);
    return change && isUnderWay(run.state) ? change : run;
  });
}
