/** An answer of the mock's in a provider's protocol; the pieces are sent one after another. */
export interface MockAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly string[];
}

export type MockHeaders = MockAnswer['headers'];

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
