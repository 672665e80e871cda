/// <reference lib="esnext.disposable" preserve="true" />
import * as documents from './generated/graphql.js';
import type * as api from './generated/graphql.js';
import { HttpRequests, type RequestOptions } from './http-requests.js';
import { reconnecting, type ReconnectOptions } from './reconnecting.js';
import { Subscriptions, type SubscribeOptions, type WebSocketConstructor } from './subscriptions.js';
import { triageOutput, type OutputChunk, type OutputOptions } from './triage-output.js';
import type { TypedDocument } from './typed-document.js';

export interface TriagedOptions {
  /** Where the server is, e.g. `https://triaged.example.org`, with the path before `/graphql` if there is one. */
  readonly url: string | URL;
  /** Spaces and newlines around it, such as a file's last, are left out. */
  readonly apiKey: string;
  /** Instead of the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Instead of the global one, which Node has since version 22: e.g. that of the package ws. */
  readonly webSocket?: WebSocketConstructor;
  /** Milliseconds until a request is given up; 30,000 unless given. */
  readonly timeoutMs?: number;
  /**
   * Milliseconds of silence after which a socket is asked for a sign of life, and again until one that gives none counts as
   * lost; 15,000 unless given.
   */
  readonly silenceMs?: number;
}

export type TriageRun = api.TriageRunFieldsFragment;
export type Instance = api.InstanceFieldsFragment;

/**
 * A client of one triaged server with one API key. Every method rejects with TriagedError when the API refuses, with
 * ConnectionLost when there was no answer. Usable in Node and in browsers.
 */
export class Triaged {
  readonly #requests: HttpRequests;
  readonly #subscriptions: Subscriptions;

  constructor({ url, apiKey: given, webSocket, timeoutMs = 30_000, silenceMs = 15_000, ...options }: TriagedOptions) {
    const endpoint = new URL('graphql', `${String(url).replace(/\/+$/, '')}/`);
    const apiKey = checkedKey(given);
    const fetch = options.fetch ?? ((...given) => globalThis.fetch(...given));
    this.#requests = new HttpRequests({ endpoint, apiKey, fetch, timeoutMs });
    this.#subscriptions = new Subscriptions({ endpoint, apiKey, webSocket, silenceMs });
  }

  /** Any query or mutation, one of this package's documents or your own. */
  request<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Result> {
    return this.#requests.request(document, variables, options);
  }

  /** Any subscription, over a connection that is not made again: throws ConnectionLost when it is lost or closed. */
  subscribe<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    options?: SubscribeOptions,
  ): AsyncGenerator<Result, void> {
    return this.#subscriptions.subscribe(document, variables, options);
  }

  /** Puts a run in the queue. With an `idempotencyKey` in the input a call that got no answer may be made again. */
  async startTriage(input: api.StartTriageInput, options?: RequestOptions): Promise<TriageRun> {
    return (await this.request(documents.StartTriageDocument, { input }, options)).startTriage;
  }

  /** Asks for a run's end; `endedAt` tells whether it came already. */
  async cancelTriage(id: string, options?: RequestOptions): Promise<api.CancelTriageMutation['cancelTriage']> {
    return (await this.request(documents.CancelTriageDocument, { id }, options)).cancelTriage;
  }

  async triageRun(id: string, options?: RequestOptions): Promise<TriageRun> {
    return (await this.request(documents.TriageRunDocument, { id }, options)).triageRun;
  }

  /** What a run found out, with its evidence's places in the log; or why it has no report. */
  async triageReport(id: string, options?: RequestOptions): Promise<api.TriageReportQuery['triageRun']> {
    return (await this.request(documents.TriageReportDocument, { id }, options)).triageRun;
  }

  /** One page, newest first; `nextCursor` is the `after` of the next. */
  async triageRuns(
    page: api.TriageRunsQueryVariables = {},
    options?: RequestOptions,
  ): Promise<api.TriageRunsQuery['triageRuns']> {
    return (await this.request(documents.TriageRunsDocument, page, options)).triageRuns;
  }

  /** One page; `nextCursor` is the `after` of the next. */
  async instances(
    page: api.InstancesQueryVariables = {},
    options?: RequestOptions,
  ): Promise<api.InstancesQuery['instances']> {
    return (await this.request(documents.InstancesDocument, page, options)).instances;
  }

  /**
   * Every byte of a run's log from `fromOffset` on, once and in order, then as it comes, until the run has ended. A lost
   * connection is made again, at the offset that was reached, with growing pauses.
   */
  triageOutput(runId: string, options?: OutputOptions): AsyncGenerator<OutputChunk, void> {
    return triageOutput(this.#subscriptions, runId, options);
  }

  /** The run as it stands, then each change, until its end. After a lost connection it is given again as it stands. */
  async *triageRunChanged(runId: string, options: ReconnectOptions = {}): AsyncGenerator<TriageRun, void> {
    const open = () => this.subscribe(documents.TriageRunChangedDocument, { runId }, options);
    const until = { ...options, signal: this.#subscriptions.until(options.signal) };
    for await (const { triageRunChanged } of reconnecting(open, until)) yield triageRunChanged;
  }

  /** The run, once it has ended. Its log ends a moment earlier. */
  async triageEnd(runId: string, options: ReconnectOptions = {}): Promise<TriageRun> {
    for await (const run of this.triageRunChanged(runId, options)) {
      if (run.endedAt !== null) return run;
    }
    return this.triageRun(runId, options);
  }

  /** Ends what is under way: iterations throw. */
  close(): void {
    this.#subscriptions.close();
  }

  /** For `using client = new Triaged(…)`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** What a header can hold. The message never shows it. */
function checkedKey(given: string): string {
  const key = given.trim();
  if (/^[\x21-\x7e]*$/.test(key)) return key;
  throw new TypeError('The API key holds other characters than keys have: one line such as tri_… is wanted.');
}
