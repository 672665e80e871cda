import { setTimeout as pause } from 'node:timers/promises';
import { Readable } from 'node:stream';
import type { ModelProvider, ModelRequest, ModelResponse, ModelUpstream } from '../../../ports/model-upstream.js';
import { anthropicMock } from './anthropic/anthropic-mock.js';
import { googleMock } from './google/google-mock.js';
import type { MockAnswer, MockProvider } from './mock-answer.js';
import { MockBooks, type BookedCall } from './mock-books.js';
import { faultOf, type MockFault } from './mock-fault.js';
import { aborted, MockCut, paced, type MockTiming } from './mock-pieces.js';
import { openaiMock } from './openai/openai-mock.js';

export type MockModelUpstreamOptions = Partial<MockTiming>;

const TIMING: MockTiming = { pieceIntervalMs: 20, slowPieceIntervalMs: 500, lateMs: 5000 };

const PROVIDERS: Readonly<Record<ModelProvider, MockProvider>> = {
  anthropic: anthropicMock,
  openai: openaiMock,
  google: googleMock,
};

/**
 * The built-in model provider: no key, no internet, no model. It speaks each provider's protocol and plays a script that the
 * request alone decides, so that a restart of the server in the middle of a triage changes nothing. A model's name may ask
 * for a fault.
 */
export class MockModelUpstream implements ModelUpstream {
  readonly kind = 'mock';
  readonly books = new MockBooks();
  readonly #timing: MockTiming;
  readonly #closing = new AbortController();

  constructor(options: MockModelUpstreamOptions = {}) {
    this.#timing = { ...TIMING, ...options };
  }

  async send(request: ModelRequest): Promise<ModelResponse> {
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    signal.throwIfAborted();
    const { answer, fault } = answerTo(request);
    const booked = this.books.received(request, answer.model);
    try {
      if (fault === 'late') await pause(this.#timing.lateMs, undefined, { signal });
      if (fault === 'hang') await aborted(signal);
    } catch (error) {
      booked.abandoned();
      throw error;
    }
    const body = Readable.from(paced(answer.pieces, fault, this.#timing, signal), { objectMode: false });
    body.once('close', () => book(booked, answer, body));
    return { status: answer.status, headers: answer.headers, body };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the mock upstream was closed'));
  }
}

/** A call that the provider would refuse anyway is refused, whatever model it names. */
function answerTo(request: ModelRequest): { answer: MockAnswer; fault: MockFault | undefined } {
  const provider = PROVIDERS[request.provider];
  const answer = provider.answer(request);
  const { model } = answer;
  const fault = answer.status < 400 ? faultOf(model) : undefined;
  if (fault !== '429' && fault !== '500') return { answer, fault };
  const refusal = provider.refusal(fault === '429' ? 429 : 500, request);
  return { answer: model === undefined ? refusal : { ...refusal, model }, fault };
}

function book(booked: BookedCall, { status, tokens }: MockAnswer, body: Readable): void {
  if (body.readableEnded) booked.answered(status, tokens);
  else if (body.errored instanceof MockCut) booked.cut();
  else booked.abandoned();
}
