import { boundedText, discard } from '../../kernel/bounded-text.js';
import { credentialHeaders } from '../gateway/index.js';
import type { ModelResponse, ModelUpstream } from '../../ports/model-upstream.js';
import { connectionFailure } from './connection-failure.js';
import type { ConnectionFailure } from './connection-failure.js';
import { judgeAnswer } from './judge-answer.js';
import type { Judgement } from './judge-answer.js';
import { networkFailure } from './network-failure.js';
import type { Probe } from './probes/probe.js';

export interface ProbeTarget {
  readonly probe: Probe;
  readonly model: string;
  readonly key: string;
  /** Where the tenant has the provider's API; null is the operator's choice. */
  readonly baseUrl: string | null;
}

/** What came of one call. */
export interface ProviderAnswer {
  readonly ok: boolean;
  /** Until the answer was there or given up, in ms. */
  readonly latencyMs: number;
  /** The model that answered, as the provider names it; null when it does not, or there was no answer. */
  readonly model: string | null;
  readonly failure: ConnectionFailure | null;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Makes one call of a provider, bounded in time and size, without a second try. Never rejects. */
export class ConnectionProber {
  constructor(private readonly deps: { readonly upstream: ModelUpstream; readonly timeoutMs?: number }) {}

  async probe(target: ProbeTarget): Promise<ProviderAnswer> {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(this.deps.timeoutMs ?? TIMEOUT_MS);
    const judgement = await this.#exchange(target, signal).catch((error: unknown): Judgement => {
      return { ok: false, failure: signal.aborted ? connectionFailure('TIMEOUT') : networkFailure(error) };
    });
    const latencyMs = Math.round(performance.now() - startedAt);
    return judgement.ok
      ? { ok: true, latencyMs, model: judgement.model, failure: null }
      : { ok: false, latencyMs, model: null, failure: judgement.failure };
  }

  async #exchange({ probe, model, key, baseUrl }: ProbeTarget, signal: AbortSignal): Promise<Judgement> {
    const sent = this.deps.upstream.send({
      provider: probe.provider,
      baseUrl: baseUrl ?? undefined,
      method: 'POST',
      path: probe.path(model),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...probe.headers,
        ...credentialHeaders(probe.provider, key),
      },
      body: Buffer.from(JSON.stringify(probe.body(model))),
      signal,
    });
    const { status, body } = await untilAborted(sent, signal);
    const text = await boundedText(body, MAX_ANSWER_BYTES, signal);
    if (text === undefined) {
      const message = `The provider's answer (HTTP ${status}) is longer than ${MAX_ANSWER_BYTES / 1024} KiB. Check the base URL.`;
      return { ok: false, failure: connectionFailure('UPSTREAM', { message }) };
    }
    return judgeAnswer(probe, { status, text }, key);
  }
}

/** Not every upstream ends at once with its signal: a name that is being resolved is waited for. */
async function untilAborted(sent: Promise<ModelResponse>, signal: AbortSignal): Promise<ModelResponse> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([sent, aborted.promise]);
  } catch (error) {
    sent.then(({ body }) => discard(body)).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
