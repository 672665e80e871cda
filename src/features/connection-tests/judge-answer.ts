import { connectionFailure } from './connection-failure.js';
import { parsedJson } from '../../kernel/json.js';
import type { ConnectionFailure, FailureClass } from './connection-failure.js';
import { meaningOf, type Probe } from './probes/probe.js';
import { shownText } from './shown-text.js';

const MAX_MESSAGE_LENGTH = 500;
const MAX_MODEL_LENGTH = 128;

/** What a provider's answer to a probe comes to. */
export type Judgement =
  { readonly ok: true; readonly model: string | null } | { readonly ok: false; readonly failure: ConnectionFailure };

export interface ProbeAnswer {
  readonly status: number;
  readonly text: string;
}

/** Pure; `key` is only to be masked in what is shown. */
export function judgeAnswer(probe: Probe, { status, text }: ProbeAnswer, key: string): Judgement {
  const body = parsedJson(text);
  const isSuccess = status >= 200 && status < 300;
  const model = isSuccess ? probe.answeredBy(body) : undefined;
  if (model !== undefined) return { ok: true, model: model === null ? null : shownText(model, key, MAX_MODEL_LENGTH) };
  const error = probe.errorIn(body);
  if (error && probe.isAsGoodAsAnAnswer?.(error)) return { ok: true, model: null };
  const failureClass = (error && meaningOf(probe.errorRules, error)) ?? classOfStatus(status);
  // Whoever says 401 or 429 is understood in any form.
  if (!error && failureClass === 'BAD_CONFIG') return { ok: false, failure: notTheProvider(status) };
  const providerMessage = error ? shownText(error.message, key, MAX_MESSAGE_LENGTH) : null;
  return { ok: false, failure: connectionFailure(failureClass, { providerMessage }) };
}

function classOfStatus(status: number): FailureClass {
  if (status === 401 || status === 403) return 'UNAUTHORIZED';
  if (status === 402 || status === 429) return 'QUOTA';
  if (status === 408 || status === 504) return 'TIMEOUT';
  return status >= 500 ? 'UPSTREAM' : 'BAD_CONFIG';
}

const notTheProvider = (status: number): ConnectionFailure =>
  connectionFailure('BAD_CONFIG', {
    message:
      status >= 300 && status < 400
        ? `What is at the base URL redirects (HTTP ${status}), which is not followed. Set the URL that it leads to with configureAiAgent.`
        : `What is at the base URL does not speak the provider's protocol (HTTP ${status}). Check the URL.`,
  });
