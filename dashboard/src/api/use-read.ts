import { useCallback } from 'react';
import type { AnyVariables } from 'urql';
import type { TypedDocumentString } from '../../../sdk/src/generated/graphql.js';
import type { Problem } from './problem.js';
import { useAnswer } from './use-answer.js';
import { useRetryOnline } from './use-retry-online.js';

export interface Read<Result> {
  /** Undefined until it is there; what is known stays while it is read anew. */
  readonly data: Result | undefined;
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** What a query answers: what is known at once, then what the server says now. */
export function useRead<Result, Variables extends AnyVariables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { pause = false }: { readonly pause?: boolean } = {},
): Read<Result> {
  const { data, problem, fetching, execute } = useAnswer(document, variables, pause);
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  useRetryOnline(problem, reload);
  return { data, problem, isLoading: fetching, reload };
}
