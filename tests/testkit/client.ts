import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface GraphQLReply<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T | null | undefined;
  readonly errors:
    readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[] | undefined;
}

/** A client as a user would write one: fetch for operations, graphql-ws for subscriptions. */
export class TestClient {
  #sockets: Client | undefined;

  constructor(
    readonly url: string,
    readonly apiKey: string | undefined,
  ) {}

  async request<T>(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLReply<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.apiKey ? { 'x-api-key': this.apiKey } : {}) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    });
    const body = (await response.json()) as Pick<GraphQLReply<T>, 'data' | 'errors'>;
    return { status: response.status, headers: response.headers, data: body.data, errors: body.errors };
  }

  /** The data of an operation that must succeed. */
  async ok<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const reply = await this.request<T>(query, variables);
    if (reply.errors || !reply.data)
      throw new Error(`HTTP ${reply.status}: ${JSON.stringify(reply.errors ?? reply.data)}`);
    return reply.data;
  }

  /** The `error_code` of an operation that must fail, with its status. */
  async refused(
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<{ code: unknown; status: number; message: string; details: unknown }> {
    const reply = await this.request(query, variables);
    const error = reply.errors?.[0];
    if (!error) throw new Error(`not refused: ${JSON.stringify(reply.data)}`);
    return {
      code: error.extensions.error_code,
      status: reply.status,
      message: error.message,
      details: error.extensions.details,
    };
  }

  subscribe<T>(query: string, variables: Record<string, unknown> = {}): AsyncIterableIterator<T> {
    this.#sockets ??= createClient({
      url: `${this.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.apiKey ? { 'X-API-KEY': this.apiKey } : {},
      retryAttempts: 0,
    });
    const results = this.#sockets.iterate<T>({ query, variables });
    const unwrap = async function* (): AsyncGenerator<T> {
      for await (const result of results) {
        if (result.errors) throw new Error(JSON.stringify(result.errors));
        yield result.data as T;
      }
    };
    return unwrap();
  }

  async close(): Promise<void> {
    await this.#sockets?.dispose();
    this.#sockets = undefined;
  }
}
