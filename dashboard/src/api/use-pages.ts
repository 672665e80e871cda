import { useCallback, useState } from 'react';
import { useClient } from 'urql';
import type { AnyVariables } from 'urql';
import type { TypedDocumentString } from '../../../sdk/src/generated/graphql.js';
import { documentOf } from './documents.js';
import { problemOf } from './problem.js';
import type { Problem } from './problem.js';
import { useAnswer } from './use-answer.js';
import { useRetryOnline } from './use-retry-online.js';

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | null | undefined;
}

export interface Pages<Item> {
  /** All that was read so far, in the list's order; undefined before the first answer. */
  readonly items: readonly Item[] | undefined;
  /** For LoadMore. */
  readonly nextCursor: string | null | undefined;
  /** Whether the first page is being read, anew too. */
  readonly fetching: boolean;
  readonly loadingMore: boolean;
  readonly problem: Problem | undefined;
  readonly loadMore: (after: string) => void;
  /** Reads the first page anew and keeps the others: for lists that only grow at their head. */
  readonly refresh: () => void;
  /** Begins anew at the first page: after something was deleted. */
  readonly reload: () => void;
}

interface Tail<Item> {
  /** The variables that it belongs to. */
  readonly of: string;
  readonly items: readonly Item[];
  readonly nextCursor: string | null | undefined;
}

/** A list that is read by `nextCursor`; the document takes `limit` and `after` beside `variables`. */
export function usePages<Result, Variables extends AnyVariables, Item extends { readonly id: string }>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  pageOf: (result: Result) => PageOf<Item>,
): Pages<Item> {
  const client = useClient();
  const { key, data, problem, fetching, stale, execute } = useAnswer(document, variables);
  const [kept, setTail] = useState<Tail<Item>>();
  const [loadingMore, setLoadingMore] = useState(false);
  const [tailProblem, setTailProblem] = useState<Problem>();

  const tail = kept?.of === key ? kept : undefined;
  const first = data ? pageOf(data) : undefined;
  const known = new Set(first?.items.map(({ id }) => id));
  const items = first && [...first.items, ...(tail?.items ?? []).filter(({ id }) => !known.has(id))];

  const loadMore = (after: string) => {
    setLoadingMore(true);
    void client
      .query(documentOf(document), { ...variables, after }, { requestPolicy: 'network-only' })
      .toPromise()
      .then((answer) => {
        setLoadingMore(false);
        setTailProblem(answer.error && problemOf(answer.error));
        if (!answer.data) return;
        const page = pageOf(answer.data);
        setTail({ of: key, items: [...(items ?? []), ...page.items], nextCursor: page.nextCursor });
      });
  };
  const refresh = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  const reload = useCallback(() => {
    setTail(undefined);
    setTailProblem(undefined);
    execute({ requestPolicy: 'network-only' });
  }, [execute]);

  useRetryOnline(problem, refresh);
  // The header says that the server is away; the list stays as it was.
  const isOld = items !== undefined && problem?.code === 'UNREACHABLE';

  return {
    items,
    nextCursor: tail ? tail.nextCursor : first?.nextCursor,
    fetching: fetching || stale,
    loadingMore,
    problem: isOld ? undefined : (problem ?? tailProblem),
    loadMore,
    refresh,
    reload,
  };
}
