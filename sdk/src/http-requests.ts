import { ConnectionLost, triagedError, UnexpectedAnswer, type WireError } from './errors.js';
import { TriagedError } from './triaged-error.js';
import type { TypedDocument } from './typed-document.js';

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until a request is given up; 30,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

export interface HttpRequestsOptions {
  readonly endpoint: URL;
  readonly apiKey: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: unknown;
}

const PROXY_STATUS: readonly number[] = [502, 503, 504];

/** Queries and mutations: each one POST. */
export class HttpRequests {
  /** Documents that the server does not know by their hash. */
  readonly #unknown = new Set<string>();

  constructor(private readonly options: HttpRequestsOptions) {}

  /**
   * The data of the answer. Rejects with TriagedError when the API refuses, also a part of what was asked, with
   * ConnectionLost when no answer came in time, with the signal's reason when that was aborted.
   */
  async request<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    options: RequestOptions = {},
  ): Promise<Result> {
    const hash = document.__meta__?.hash;
    if (typeof hash === 'string' && !this.#unknown.has(hash)) {
      try {
        return await this.#post<Result>({ documentId: hash, variables }, options);
      } catch (error) {
        if (!(error instanceof TriagedError) || error.code !== 'PERSISTED_QUERY_NOT_FOUND') throw error;
        this.#unknown.add(hash);
      }
    }
    return this.#post<Result>({ query: document.toString(), variables }, options);
  }

  async #post<Result>(body: object, options: RequestOptions): Promise<Result> {
    const { signal, timeoutMs = this.options.timeoutMs } = options;
    const { endpoint, apiKey, fetch } = this.options;
    const late = AbortSignal.timeout(timeoutMs);
    const lost = (cause: unknown): never => {
      signal?.throwIfAborted();
      const when = late.aborted ? ` within ${timeoutMs / 1000} s` : '';
      throw new ConnectionLost(`${endpoint.origin} does not answer${when}.`, { cause });
    };
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: JSON.stringify(body),
      // A redirect would take the key along, to wherever it leads.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, late]) : late,
    }).catch(lost);
    const text = await response.text().catch(lost);
    return dataOf(response, text) as Result;
  }
}

function dataOf({ status, headers, type }: Response, text: string): unknown {
  const answer = parse(text);
  const wait = Number(headers.get('retry-after') ?? Number.NaN);
  const [error] = Array.isArray(answer?.errors) ? (answer.errors as WireError[]) : [];
  if (error) throw triagedError(error, { status, retryAfterSeconds: Number.isFinite(wait) ? wait : undefined });
  if (answer?.data) return answer.data;
  if (PROXY_STATUS.includes(status)) throw new ConnectionLost(`A proxy answers for the server, with ${status}.`);
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    throw new UnexpectedAnswer('The server answers with a redirect: give the URL that it leads to.', status);
  }
  throw new UnexpectedAnswer(`The answer, of status ${status}, is none of a triaged server: is the URL right?`, status);
}

function parse(text: string): GraphQLAnswer | undefined {
  try {
    return JSON.parse(text) as GraphQLAnswer;
  } catch {
    return undefined;
  }
}
