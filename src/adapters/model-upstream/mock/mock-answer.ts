import type { ModelRequest } from '../../../ports/model-upstream.js';
import type { TokenFigures } from '../../../kernel/token-figures.js';

/** An answer of the mock's in a provider's protocol; the pieces are sent one after another. */
export interface MockAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly string[];
  /** The model that the request names; absent where it names none. */
  readonly model?: string;
  /** What the whole answer says that it cost; absent where it costs nothing. */
  readonly tokens?: TokenFigures;
}

export type MockHeaders = MockAnswer['headers'];

/** A provider as the mock plays it. */
export interface MockProvider {
  /** A request that the provider would refuse is refused; any other is answered by the script. */
  answer(request: ModelRequest): MockAnswer;
  /** How it refuses because of its own limits (429), or because it failed (500). */
  refusal(status: 429 | 500, request: ModelRequest): MockAnswer;
}

/** Of a 429. */
export const RETRY_AFTER_SECONDS = 1;

export const jsonAnswer = (status: number, body: object, headers: MockHeaders = {}): MockAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  pieces: [JSON.stringify(body)],
});

/** Server-sent events, each already in its wire form. */
export const streamAnswer = (pieces: readonly string[], headers: MockHeaders = {}): MockAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
  pieces,
});

/** The first thing that is wrong with a request's body. */
export function firstFault(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  const { path, message } = error.issues[0]!;
  return `${path.join('.') || 'body'}: ${message}`;
}
