import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';

/**
 * A GraphQL document whose result and variables have types: those of this package, and what the client preset of GraphQL
 * Code Generator makes of your own with `documentMode: 'string'`.
 */
export interface TypedDocument<Result, Variables> extends DocumentTypeDecoration<Result, Variables> {
  toString(): string;
  /** `hash` names a document that servers know: `sha256:` and the hex digest of its text. */
  readonly __meta__?: Readonly<Record<string, unknown>> | undefined;
}
