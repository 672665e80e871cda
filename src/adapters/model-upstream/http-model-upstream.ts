import { Agent } from 'undici';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import type { ModelProvider, ModelRequest, ModelResponse, ModelUpstream } from '../../ports/model-upstream.js';
import { DispatchedAnswer } from './dispatched-answer.js';
import { guardedConnector } from './guarded-connector.js';

export interface HttpModelUpstreamOptions {
  /** Where each provider's API is, e.g. `https://api.anthropic.com`; a path in it precedes the request's. */
  readonly baseUrls: Readonly<Record<ModelProvider, string>>;
  /** Where tenants' own base URLs may lie. */
  readonly policy: ConnectPolicy;
  /** How long an answer may be silent before it counts as cut; 5 minutes unless told. */
  readonly silenceMs?: number;
}

/** Providers send pings far more often. */
const SILENCE_MS = 5 * 60 * 1000;
const CONNECT_MS = 10_000;

/** The real providers. Follows no redirect: a redirect is an answer like any other. */
export class HttpModelUpstream implements ModelUpstream {
  readonly kind = 'http';
  readonly #agent: Agent;
  /** For base URLs of tenants: no connection is shared with the operator's. */
  readonly #guarded: Agent;

  constructor(private readonly options: HttpModelUpstreamOptions) {
    // The gateway bounds the time to the first byte, so undici does not.
    // HTTP/1.1 alone, as where tenants say: with HTTP/2 all calls to a provider would share a connection and its flow control.
    const settings = { headersTimeout: 0, bodyTimeout: options.silenceMs ?? SILENCE_MS, allowH2: false };
    this.#agent = new Agent({ ...settings, connect: { timeout: CONNECT_MS } });
    this.#guarded = new Agent({ ...settings, connect: guardedConnector(options.policy, CONNECT_MS) });
  }

  async send({ provider, baseUrl, method, path, headers, body, signal }: ModelRequest): Promise<ModelResponse> {
    const base = new URL(baseUrl ?? this.options.baseUrls[provider]);
    const agent = baseUrl === undefined ? this.#agent : this.#guarded;
    const answer = new DispatchedAnswer(signal);
    const asked = {
      ...{ origin: base.origin, path: base.pathname.replace(/\/$/, '') + path, method, headers },
      body: body.length > 0 ? body : null,
    };
    if (!signal.aborted) agent.dispatch(asked, answer);
    return answer.head;
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#guarded.destroy()]);
  }
}
