import { GraphQLError, parse, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { assertWithinLimits } from './document-limits.js';
import { LIMITS, tooComplex } from './too-complex.js';

/** A document that may be executed, or why not. */
export type PreparedDocument =
  | { readonly document: DocumentNode }
  /** `refused`: by the gate, before it was validated. */
  | { readonly faults: readonly GraphQLError[]; readonly refused?: true };

/** Looks at a document that can be read and is within the limits, before more is done for it; throws to refuse it. */
export type Gate = (document: DocumentNode) => void;

const MAX_FAULTS = 5;
/** Few and short enough that nobody can fill the memory: 16 MiB of text at most. */
const MAX_CACHED = 500;
const MAX_CACHED_LENGTH = 32 * 1024;

/**
 * Parses, measures and validates documents, in this order: each step bounds the time of the next. The one way in of all
 * transports. Valid documents are remembered, the least recently used are forgotten.
 */
export class DocumentPreparer {
  readonly #pinned = new Set<string>();
  readonly #valid = new Map<string, { readonly document: DocumentNode }>();

  constructor(
    private readonly schema: GraphQLSchema,
    /** Of a bounded number of texts, which are never forgotten. */
    private readonly isPinned: (text: string) => boolean = () => false,
  ) {}

  prepare(text: string, gate: Gate = () => undefined): PreparedDocument {
    const known = this.#valid.get(text);
    if (known) {
      this.#valid.delete(text);
      this.#valid.set(text, known);
      return refusedBy(gate, known.document) ?? known;
    }
    const prepared = this.#prepare(text, gate);
    if ('document' in prepared && text.length <= MAX_CACHED_LENGTH) this.#remember(text, prepared);
    return prepared;
  }

  #prepare(text: string, gate: Gate): PreparedDocument {
    try {
      const document = parseWithinLimits(text);
      assertWithinLimits(document);
      const refused = refusedBy(gate, document);
      if (refused) return refused;
      const faults = validate(this.schema, document, undefined, { maxErrors: MAX_FAULTS });
      return faults.length > 0 ? { faults: faults.slice(0, MAX_FAULTS).map(namedLimit) } : { document };
    } catch (error) {
      return { faults: [asGraphQLError(error)] };
    }
  }

  #oldest(): string | undefined {
    for (const text of this.#valid.keys()) if (!this.#pinned.has(text)) return text;
    return undefined;
  }

  #remember(text: string, prepared: { readonly document: DocumentNode }): void {
    this.#valid.set(text, prepared);
    if (this.isPinned(text)) this.#pinned.add(text);
    const oldest = this.#valid.size - this.#pinned.size > MAX_CACHED ? this.#oldest() : undefined;
    if (oldest !== undefined) this.#valid.delete(oldest);
  }
}

function refusedBy(gate: Gate, document: DocumentNode): PreparedDocument | undefined {
  try {
    gate(document);
    return undefined;
  } catch (error) {
    return { faults: [asGraphQLError(error)], refused: true };
  }
}

function parseWithinLimits(text: string): DocumentNode {
  try {
    return parse(text, { maxLexicalTokens: LIMITS.tokens });
  } catch (error) {
    // The parser descends into what nests and runs out of stack before it runs out of tokens.
    if (error instanceof RangeError) throw tooComplex('valueDepth');
    if (error instanceof GraphQLError && error.message.endsWith('tokens. Parsing aborted.')) throw tooComplex('tokens');
    throw error;
  }
}

/** graphql-js has a limit of its own, whose error bears no code. */
const namedLimit = (fault: GraphQLError): GraphQLError =>
  fault.message === 'Maximum introspection depth exceeded' ? asGraphQLError(tooComplex('introspectionDepth')) : fault;

export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(cause.message, { originalError: cause });
}
