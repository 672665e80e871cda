import { useCallback, useRef, useState } from 'react';
import { useClient } from 'urql';
import type { AnyVariables } from 'urql';
import type { TypedDocumentString } from '../../../sdk/src/generated/graphql.js';
import { documentOf } from './documents.js';
import { problemOf } from './problem.js';
import type { Problem } from './problem.js';

export interface Action<Result, Variables> {
  /** Resolves with the result; with undefined when it failed, or is under way already. */
  readonly run: (variables: Variables) => Promise<Result | undefined>;
  readonly isBusy: boolean;
  /** Of the last time; gone when it is run again. */
  readonly problem: Problem | undefined;
}

/** A mutation of which one is under way at a time, however often it is clicked. Nothing of its variables is kept: they may hold a key. */
export function useAction<Result, Variables extends AnyVariables>(
  document: TypedDocumentString<Result, Variables>,
): Action<Result, Variables> {
  const client = useClient();
  const isUnderWay = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = useCallback(
    async (variables: Variables): Promise<Result | undefined> => {
      if (isUnderWay.current) return undefined;
      isUnderWay.current = true;
      setBusy(true);
      setProblem(undefined);
      try {
        const { data, error } = await client.mutation(documentOf(document), variables).toPromise();
        if (error) setProblem(problemOf(error));
        return error ? undefined : data;
      } finally {
        isUnderWay.current = false;
        setBusy(false);
      }
    },
    [client, document],
  );
  return { run, isBusy, problem };
}
