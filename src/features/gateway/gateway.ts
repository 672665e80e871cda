import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { ModelProvider, ModelResponse, ModelUpstream } from '../../ports/model-upstream.js';
import { CallLedger } from './call-ledger.js';
import { FAILURES, type FailureKind } from './failures.js';
import { downstreamHeaders, isAmong, presentedKeys, upstreamHeaders } from './headers.js';
import { MeteringTap } from './metering-tap.js';
import type { AllowedCall, Protocol } from './protocol.js';
import { PROTOCOLS, urlBelowPrefix } from './provider-protocols.js';
import { readRequestBody } from './request-body.js';
import { RequestMemory, type MemoryShare } from './request-memory.js';
import type { GatewayCaller, ModelCallRecorder } from './types.js';
import { plainReader } from './usage-reader.js';

export interface GatewayDependencies {
  readonly upstream: ModelUpstream;
  readonly meter: ModelCallRecorder;
  readonly logger: Logger;
  /** How long the provider may take until it begins to answer; 10 minutes unless told. */
  readonly firstByteTimeoutMs?: number;
}

const FIRST_BYTE_TIMEOUT_MS = 10 * 60 * 1000;

/**
 * Passes a run's model calls on to its AI agent's provider and keeps count. Bytes stream through as they are; refusals
 * and failures of the gateway's own come in the provider's form. Calls that it refuses before they are read (not offered,
 * not this run's key) were never the instance's and are not counted; every other call is counted once.
 */
export class Gateway {
  readonly #memory = new RequestMemory();

  constructor(private readonly deps: GatewayDependencies) {}

  /** Answers one call; `request.url` is the path after `/model`. Never rejects: a call's failure is its answer. */
  async handle(request: IncomingMessage, response: ServerResponse, caller: GatewayCaller): Promise<void> {
    const protocol = PROTOCOLS[caller.provider];
    const url = urlBelowPrefix(caller.provider, request.url ?? '');
    if (!isAmong(caller.agentKeys, presentedKeys(request.headers, url?.searchParams.getAll('key') ?? []))) {
      refuse(response, protocol, 'wrongKey');
      return;
    }
    const call = url && protocol.allowedCall(request.method ?? '', url);
    if (!call) {
      refuse(response, protocol, 'notOffered');
      return;
    }
    const callId = randomUUID();
    const gone = new AbortController();
    const leave = (): void => gone.abort(new Error('the agent closed its connection'));
    response.once('close', leave);
    if (response.destroyed) leave();
    const memory = this.#memory.shareOf(caller.runId);
    await this.#pass({
      ...{ request, response, caller, protocol, call, memory, gone: gone.signal },
      ledger: new CallLedger(callId, caller, this.deps.meter),
      logger: this.deps.logger.child({ callId, runId: caller.runId, path: call.path }),
    });
    memory.giveBack();
  }

  /** Answers a call that is not looked at. */
  refuse(response: ServerResponse, provider: ModelProvider, kind: FailureKind): void {
    refuse(response, PROTOCOLS[provider], kind);
  }

  async #pass(exchange: Exchange): Promise<void> {
    const { request, response, call, memory, gone, ledger, logger } = exchange;
    try {
      if (call.prepare && request.headers['content-encoding'] !== undefined) {
        fail(exchange, 'encoded');
        return;
      }
      const body = await readRequestBody(request, memory);
      if (typeof body === 'string') fail(exchange, body);
      else await this.#stream(exchange, await this.#send(exchange, call.prepare?.(body) ?? body));
    } catch (error) {
      if (gone.aborted || !request.complete) {
        ledger.abandoned();
        logger.debug({ err: error }, 'the agent went away before its model call was answered');
        response.destroy();
        return;
      }
      logger.warn({ err: error }, 'a model call got no answer from the provider');
      fail(exchange, error instanceof FirstByteTimeout ? 'timedOut' : 'unreachable');
    }
  }

  /** Resolves with the head of the provider's answer; ends the upstream call when that takes too long. */
  async #send({ request, caller, protocol, call, gone }: Exchange, body: Buffer): Promise<ModelResponse> {
    const timeoutMs = this.deps.firstByteTimeoutMs ?? FIRST_BYTE_TIMEOUT_MS;
    const late = new AbortController();
    const signal = AbortSignal.any([gone, late.signal]);
    const answer = this.deps.upstream.send({
      provider: caller.provider,
      baseUrl: caller.baseUrl ?? undefined,
      method: request.method ?? '',
      path: call.path,
      headers: upstreamHeaders(request.headers, protocol.credentialHeaders(caller.credential)),
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
    const reader = status < 400 ? call.usageReader(headers['content-type'] ?? '') : plainReader();
    const length = headers['content-length'];
    const tap = new MeteringTap({
      reader,
      contentEncoding: headers['content-encoding'] ?? '',
      contentLength: length === undefined ? undefined : Number(length),
      onWhole: () => ledger.answered(status, reader.findings),
    });
    if (status >= 400) logger.warn({ status }, 'the provider refused a model call');
    let by: 'agent' | 'provider' = 'agent';
    // Looked at when the answer ends, because a cut by the provider makes us close the agent's connection too.
    for (const end of ['error', 'close']) answer.body.once(end, () => gone.aborted || (by = 'provider'));
    try {
      response.writeHead(status, downstreamHeaders(headers));
      response.flushHeaders();
      await pipeline(answer.body, tap, response);
      ledger.cut(status, reader.findings, 'provider');
    } catch (error) {
      ledger.cut(status, reader.findings, by);
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
  readonly protocol: Protocol;
  readonly call: AllowedCall;
  readonly memory: MemoryShare;
  readonly ledger: CallLedger;
  readonly logger: Logger;
  /** Aborted when the agent's connection closes, whether the answer is through or not. */
  readonly gone: AbortSignal;
}

function fail({ ledger, protocol, response }: Exchange, kind: FailureKind): void {
  ledger.failed(FAILURES[kind].status);
  refuse(response, protocol, kind);
}

class FirstByteTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`the provider did not begin to answer within ${timeoutMs} ms`);
  }
}

/** For clients that heed them: what is refused now is refused again, unless it was only too much at once. */
const retryHeaders = (kind: FailureKind): Readonly<Record<string, string>> => {
  if (kind === 'tooMuchAtOnce') return { 'retry-after': '1' };
  return FAILURES[kind].status < 500 ? { 'x-should-retry': 'false' } : {};
};

/** Answers with the gateway's own failure. What the agent still sends of an unread body ends with the connection. */
function refuse(response: ServerResponse, protocol: Protocol, kind: FailureKind): void {
  if (response.destroyed || response.headersSent) return;
  const body = JSON.stringify(protocol.errorBody(kind));
  response.writeHead(FAILURES[kind].status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...retryHeaders(kind),
    ...(response.req.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
}
