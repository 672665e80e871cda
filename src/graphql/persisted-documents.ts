import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TriagedError } from '../kernel/errors.js';

const ALGORITHM = 'sha256:';
const manifest = z.record(z.string().regex(/^sha256:[0-9a-f]{64}$/), z.string());
/** Clients name it with and without the algorithm. */
const idOf = (hash: string): string => (hash.startsWith(ALGORITHM) ? hash : ALGORITHM + hash);

/** How a request may name a document instead of sending it. */
const reference = z.union([
  // The GraphQL-over-HTTP working draft's appendix on persisted documents.
  z.object({ documentId: z.string() }).transform(({ documentId }) => idOf(documentId)),
  // Apollo's and urql's clients.
  z
    .object({ extensions: z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) }) })
    .transform(({ extensions }) => idOf(extensions.persistedQuery.sha256Hash)),
]);

/**
 * The documents that clients may name by their SHA-256 instead of sending them: those of the SDK, known when the server
 * starts. No request adds one.
 */
export class PersistedDocuments {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #known: ReadonlySet<string>;

  /** Texts by `sha256:` and the lower-case hex digest that names them. */
  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = new Map(Object.entries(texts));
    this.#known = new Set(this.#texts.values());
  }

  /** Reads the manifest that GraphQL Code Generator writes: a JSON object of texts by id. */
  static async read(file: string): Promise<PersistedDocuments> {
    return new PersistedDocuments(manifest.parse(JSON.parse(await readFile(file, 'utf8'))));
  }

  /** True for a text that is one of them, however it was asked for. */
  has(text: string): boolean {
    return this.#known.has(text);
  }

  /** The text that a request's body names; undefined when it names none. Throws PERSISTED_QUERY_NOT_FOUND. */
  textOf(body: object): string | undefined {
    const { data: documentId } = reference.safeParse(body);
    if (documentId === undefined) return undefined;
    const text = this.#texts.get(documentId);
    // Clients look for exactly this message and send the text.
    if (text === undefined)
      throw new TriagedError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', { documentId });
    return text;
  }
}
