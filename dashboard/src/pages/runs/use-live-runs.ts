import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { RunListChangedDocument } from '../../../../sdk/src/generated/graphql.js';
import type { RunListFieldsFragment } from '../../../../sdk/src/generated/graphql.js';
import { documentOf } from '../../api/index.js';
import { isUnderWay } from '../../ui/index.js';

/** Runs that are watched at once; each costs a subscription. */
const WATCHED = 20;

/** The runs as they are now: those that are under way are watched until they end. */
export function useLiveRuns(runs: readonly RunListFieldsFragment[]): readonly RunListFieldsFragment[] {
  const client = useClient();
  const [seen, setSeen] = useState<ReadonlyMap<string, RunListFieldsFragment>>(new Map());
  const watched = runs
    .filter(({ state }) => isUnderWay(state))
    .slice(0, WATCHED)
    .map(({ id }) => id)
    .join(' ');

  useEffect(() => {
    const watches = watched
      .split(' ')
      .filter(Boolean)
      .map((runId) =>
        client.subscription(documentOf(RunListChangedDocument), { runId }).subscribe(({ data }) => {
          if (data) setSeen((before) => new Map(before).set(runId, data.triageRunChanged));
        }),
      );
    return () => {
      for (const watch of watches) watch.unsubscribe();
    };
  }, [client, watched]);

  // What was read later counts: an end is for ever, and a read list may be older than a change.
  return runs.map((run) => {
    const change = seen.get(run.id);
    return change && isUnderWay(run.state) ? change : run;
  });
}
