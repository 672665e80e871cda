import type { Readable } from 'node:stream';
import type { Closable } from '../kernel/closing.js';

/** Whose protocol a call speaks: Anthropic Messages; OpenAI Responses and Chat Completions; Google Generative Language. */
export type ModelProvider = 'anthropic' | 'openai' | 'google';

export interface ModelRequest {
  readonly provider: ModelProvider;
  /** Where the tenant has the provider's API; a path in it precedes `path`. Undefined is the operator's choice. */
  readonly baseUrl?: string | undefined;
  readonly method: string;
  /** Path and query as the provider knows them, e.g. `/v1/messages?beta=true`. */
  readonly path: string;
  /** Lower-case names, hop-by-hop headers removed, the provider's credential included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborted when the caller goes away; the upstream call must end with it. */
  readonly signal: AbortSignal;
}

export interface ModelResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The provider's bytes as they arrive, undecoded. */
  readonly body: Readable;
}

/**
 * Where model calls go: the provider over HTTP, or the built-in mock. Rejects only when there is no answer at all, and as soon
 * as the signal aborts before there is one.
 */
export interface ModelUpstream extends Closable {
  readonly kind: 'http' | 'mock';
  send(request: ModelRequest): Promise<ModelResponse>;
}
