import { createClient, type Client } from 'graphql-ws';
import type { TypedDocumentString } from '../sdk/src/generated/graphql.js';

/** An answer of the API that is an error; `code` is of its error contract. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The connection was lost, or not made: worth another try. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

interface WireError {
  readonly message: string;
  readonly extensions?: { readonly code?: unknown };
}

function apiError([first]: readonly WireError[]): ApiError {
  const code = first?.extensions?.code;
  const message = first?.message ?? 'The server gave an error without text.';
  return new ApiError(typeof code === 'string' ? code : 'UNKNOWN', message);
}

/** The API as any client uses it: queries and mutations over HTTP, subscriptions over one WebSocket (graphql-ws). */
export class ApiClient {
  readonly #sockets: Client;

  constructor(private readonly deps: { readonly url: string; readonly apiKey: string }) {
    this.#sockets = createClient({
      url: `${deps.url.replace(/^http/, 'ws')}/graphql`,
      connectionParams: { 'X-API-KEY': deps.apiKey },
      retryAttempts: 0,
    });
  }

  async request<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    timeoutMs = 30_000,
  ): Promise<Result> {
    const response = await fetch(`${this.deps.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': this.deps.apiKey },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      const late = error instanceof Error && error.name === 'TimeoutError' ? ` within ${timeoutMs / 1000} s` : '';
      throw new ConnectionLost(`${this.deps.url} does not answer${late}.`, { cause: error });
    });
    const body = (await response.json()) as {
      data?: Result | null;
      errors?: WireError[];
      error_code?: string;
      message?: string;
    };
    if (body.errors && body.errors.length > 0) throw apiError(body.errors);
    if (!body.data) throw new ApiError(body.error_code ?? 'UNKNOWN', body.message ?? `HTTP status ${response.status}`);
    return body.data;
  }

  /** Rejects with ApiError for what the API refuses, with ConnectionLost when the socket breaks. Ends with the signal. */
  async *subscribe<Result, Variables extends Record<string, unknown>>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncGenerator<Result> {
    const results = this.#sockets.iterate<Result>({ query: document.toString(), variables });
    const stop = () => void results.return?.();
    signal.addEventListener('abort', stop);
    try {
      for await (const { data, errors } of results) {
        if (errors && errors.length > 0) throw apiError(errors);
        if (data) yield data;
      }
    } catch (error) {
      throw meaning(error);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  async close(): Promise<void> {
    await this.#sockets.dispose();
  }
}

/** graphql-ws throws an array of GraphQL errors, a close event, or whatever the socket gave. */
function meaning(error: unknown): Error {
  if (error instanceof ApiError) return error;
  if (Array.isArray(error)) return apiError(error as WireError[]);
  const { code, reason } = (error ?? {}) as { code?: unknown; reason?: unknown };
  if (typeof code === 'number' && code >= 4400 && code < 4500) return new ApiError(String(code), String(reason));
  return new ConnectionLost(typeof code === 'number' ? `the socket closed with ${code}` : 'the socket broke', {
    cause: error,
  });
}
