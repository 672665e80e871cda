import { setTimeout as pause } from 'node:timers/promises';
import { Readable } from 'node:stream';
import type { ModelProvider, ModelRequest, ModelResponse, ModelUpstream } from '../../../ports/model-upstream.js';
import { answerAsAnthropic } from './anthropic/anthropic-mock.js';
import { answerAsGoogle } from './google/google-mock.js';
import type { MockAnswer } from './mock-answer.js';
import { answerAsOpenai } from './openai/openai-mock.js';

export interface MockModelUpstreamOptions {
  /** Between two pieces of a streamed answer, so that a person can follow it; 20 ms unless told. */
  readonly pieceIntervalMs?: number;
}

const ANSWERS: Readonly<Record<ModelProvider, (request: ModelRequest) => MockAnswer>> = {
  anthropic: answerAsAnthropic,
  openai: answerAsOpenai,
  google: answerAsGoogle,
};

/**
 * The built-in model provider: no key, no internet, no model. It speaks each provider's protocol and plays a script that the
 * request alone decides, so that a restart of the server in the middle of a triage changes nothing.
 */
export class MockModelUpstream implements ModelUpstream {
  readonly kind = 'mock';
  readonly #closing = new AbortController();

  constructor(private readonly options: MockModelUpstreamOptions = {}) {}

  async send(request: ModelRequest): Promise<ModelResponse> {
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    signal.throwIfAborted();
    const answer = ANSWERS[request.provider](request);
    return {
      status: answer.status,
      headers: answer.headers,
      body: Readable.from(this.#pieces(answer, signal), { objectMode: false }),
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the mock upstream was closed'));
  }

  async *#pieces({ pieces }: MockAnswer, signal: AbortSignal): AsyncGenerator<Buffer> {
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await pause(this.options.pieceIntervalMs ?? 20, undefined, { signal });
      yield Buffer.from(piece);
    }
  }
}
