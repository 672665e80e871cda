import { Agent } from 'undici';
import type { ModelProvider, ModelRequest, ModelResponse, ModelUpstream } from '../../ports/model-upstream.js';

export interface HttpModelUpstreamOptions {
  /** Where each provider's API is, e.g. `https://api.anthropic.com`; a path in it precedes the request's. */
  readonly baseUrls: Readonly<Record<ModelProvider, string>>;
}

/** How long a stream may be silent: providers send pings far more often. */
const SILENCE_MS = 5 * 60 * 1000;

/** The real providers. Follows no redirect: a redirect is an answer like any other. */
export class HttpModelUpstream implements ModelUpstream {
  readonly kind = 'http';
  // The gateway bounds the time to the first byte, so undici does not.
  readonly #agent = new Agent({ connect: { timeout: 10_000 }, headersTimeout: 0, bodyTimeout: SILENCE_MS });

  constructor(private readonly options: HttpModelUpstreamOptions) {}

  async send({ provider, method, path, headers, body, signal }: ModelRequest): Promise<ModelResponse> {
    const base = new URL(this.options.baseUrls[provider]);
    const answer = await this.#agent.request({
      origin: base.origin,
      path: base.pathname.replace(/\/$/, '') + path,
      method: method,
      headers,
      body: body.length > 0 ? body : null,
      signal,
    });
    return { status: answer.statusCode, headers: flatten(answer.headers), body: answer.body };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

const flatten = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
