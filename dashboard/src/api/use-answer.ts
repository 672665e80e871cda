import { stringifyVariables, useQuery } from 'urql';
import type { AnyVariables } from 'urql';
import type { TypedDocumentString } from '../../../sdk/src/generated/graphql.js';
import { documentOf } from './documents.js';
import { problemOf } from './problem.js';
import type { Problem } from './problem.js';
import { useLast } from './use-last.js';

interface Answer<Result> {
  /** The variables, as text that is the same for equal ones. */
  readonly key: string;
  /** What is known of these variables stays while it is read anew, and while the server is away. */
  readonly data: Result | undefined;
  readonly problem: Problem | undefined;
  readonly fetching: boolean;
  /** What is known is being read anew. */
  readonly stale: boolean;
  readonly execute: (options: { readonly requestPolicy: 'network-only' }) => void;
}

/** A query's answer for just these variables: urql by itself goes on giving the one for those before until the next has come. */
export function useAnswer<Result, Variables extends AnyVariables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  pause = false,
): Answer<Result> {
  const [{ data, error, operation, fetching, stale }, execute] = useQuery({
    query: documentOf(document),
    variables,
    requestPolicy: 'cache-and-network',
    pause,
  });
  const key = stringifyVariables(variables);
  const isOfThese = operation !== undefined && stringifyVariables(operation.variables) === key;
  const problem = isOfThese && error ? problemOf(error) : undefined;
  return { key, data: useLast(key, isOfThese ? data : undefined), problem, fetching, stale, execute };
}
