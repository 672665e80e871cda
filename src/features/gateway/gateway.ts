import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { ModelResponse, ModelUpstream } from '../../ports/model-upstream.js';
import { ANTHROPIC_FAILURES, allowedCall, anthropicErrorBody } from './anthropic-protocol.js';
import type { AllowedCall, AnthropicFailure } from './anthropic-protocol.js';
import { anthropicUsageReader } from './anthropic-usage.js';
import { CallLedger } from './call-ledger.js';
import { bearsCredential, downstreamHeaders, upstreamHeaders } from './headers.js';
import { MeteringTap } from './metering-tap.js';
import { readRequestBody } from './request-body.js';
import type { GatewayCaller, ModelCallRecorder } from './types.js';

export interface GatewayDependencies {
  readonly upstream: ModelUpstream;
  readonly meter: ModelCallRecorder;
  readonly logger: Logger;
  /** How long the provider may take until it begins to answer; 10 minutes unless told. */
  readonly firstByteTimeoutMs?: number;
}

const FIRST_BYTE_TIMEOUT_MS = 10 * 60 * 1000;

/**
 * Passes a run's model calls on to the provider and keeps count. Bytes stream through as they are; refusals and
 * failures of the gateway's own come in the provider's form. Calls that it refuses before they are read (not offered,
 * not this run's key) were never the instance's and are not counted; every other call is counted once.
 */
export class Gateway {
  constructor(private readonly deps: GatewayDependencies) {}

  /** Answers one call; `request.url` is the path after `/model`. Never rejects: a call's failure is its answer. */
  async handle(request: IncomingMessage, response: ServerResponse, caller: GatewayCaller): Promise<void> {
    if (!bearsCredential(request.headers, caller.credential)) {
      refuse(response, ANTHROPIC_FAILURES.wrongKey);
      return;
    }
    const call = allowedCall(request.method ?? '', request.url ?? '');
    if (!call) {
      refuse(response, ANTHROPIC_FAILURES.notOffered);
      return;
    }
    const callId = randomUUID();
    const gone = new AbortController();
    const leave = (): void => gone.abort(new Error('the agent closed its connection'));
    response.once('close', leave);
    if (response.destroyed) leave();
    await this.#pass({
      ...{ request, response, caller, call, gone: gone.signal },
      ledger: new CallLedger(callId, caller, this.deps.meter),
      logger: this.deps.logger.child({ callId, runId: caller.runId, path: call.path }),
    });
  }

  async #pass(exchange: Exchange): Promise<void> {
    const { request, response, gone, ledger, logger } = exchange;
    try {
      const body = await readRequestBody(request);
      if (body === 'too-large') fail(exchange, ANTHROPIC_FAILURES.tooLarge);
      else await this.#stream(exchange, await this.#send(exchange, body));
    } catch (error) {
      if (gone.aborted || !request.complete) {
        ledger.abandoned();
        logger.debug({ err: error }, 'the agent went away before its model call was answered');
        response.destroy();
        return;
      }
      logger.warn({ err: error }, 'a model call got no answer from the provider');
      fail(exchange, error instanceof FirstByteTimeout ? ANTHROPIC_FAILURES.timedOut : ANTHROPIC_FAILURES.unreachable);
    }
  }

  /** Resolves with the head of the provider's answer; ends the upstream call when that takes too long. */
  async #send({ request, caller, call, gone }: Exchange, body: Buffer): Promise<ModelResponse> {
    const timeoutMs = this.deps.firstByteTimeoutMs ?? FIRST_BYTE_TIMEOUT_MS;
    const late = new AbortController();
    const signal = AbortSignal.any([gone, late.signal]);
    const answer = this.deps.upstream.send({
      provider: 'anthropic',
      method: request.method ?? '',
      path: call.path,
      headers: upstreamHeaders(request.headers, caller.credential),
      body,
      signal,
    });
    const aborted = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => aborted.reject(signal.reason as Error), { once: true });
    const timer = setTimeout(() => late.abort(new FirstByteTimeout(timeoutMs)), timeoutMs);
    try {
      return await Promise.race([answer, aborted.promise]);
    } catch (error) {
      answer.then((unwanted) => unwanted.body.destroy()).catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
      aborted.promise.catch(() => undefined);
    }
  }

  async #stream({ response, call, gone, ledger, logger }: Exchange, answer: ModelResponse): Promise<void> {
    const { status, headers } = answer;
    const reader = anthropicUsageReader(call.generates && status < 400, headers['content-type'] ?? '');
    const length = headers['content-length'];
    const tap = new MeteringTap({
      reader,
      contentEncoding: headers['content-encoding'] ?? '',
      contentLength: length === undefined ? undefined : Number(length),
      onWhole: () => ledger.answered(status, reader),
    });
    if (status >= 400) logger.warn({ status }, 'the provider refused a model call');
    let by: 'agent' | 'provider' = 'agent';
    // Looked at when the answer ends, because a cut by the provider makes us close the agent's connection too.
    for (const end of ['error', 'close']) answer.body.once(end, () => gone.aborted || (by = 'provider'));
    try {
      response.writeHead(status, downstreamHeaders(headers));
      response.flushHeaders();
      await pipeline(answer.body, tap, response);
      ledger.cut(status, reader, 'provider');
    } catch (error) {
      ledger.cut(status, reader, by);
      logger.warn({ err: error, by }, 'the answer to a model call was cut');
      answer.body.destroy();
      response.destroy();
    }
  }
}

/** One call on its way. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: GatewayCaller;
  readonly call: AllowedCall;
  readonly ledger: CallLedger;
  readonly logger: Logger;
  /** Aborted when the agent's connection closes, whether the answer is through or not. */
  readonly gone: AbortSignal;
}

function fail({ ledger, response }: Exchange, failure: AnthropicFailure): void {
  ledger.failed(failure.status);
  refuse(response, failure);
}

class FirstByteTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`the provider did not begin to answer within ${timeoutMs} ms`);
  }
}

/** Answers with the gateway's own failure. What the agent still sends of an unread body ends with the connection. */
function refuse(response: ServerResponse, failure: AnthropicFailure): void {
  if (response.destroyed || response.headersSent) return;
  const body = anthropicErrorBody(failure);
  response.writeHead(failure.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    // Anthropic's clients heed it: what is refused now is refused again.
    ...(failure.status < 500 ? { 'x-should-retry': 'false' } : {}),
    ...(response.req.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
}
