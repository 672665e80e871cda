import type { TypedDocumentNode } from 'urql';
import type { TypedDocumentString } from '../../../sdk/src/generated/graphql.js';

/** A generated document in the form that urql takes: its text, with the types of its result and variables. */
export const documentOf = <Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
): TypedDocumentNode<Result, Variables> => document.toString() as unknown as TypedDocumentNode<Result, Variables>;
