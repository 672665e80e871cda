import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { ModelProvider, ModelResponse, ModelUpstream } from '../../ports/model-upstream.js';
import { CallLedger } from './call-ledger.js';
import { CallNews } from './call-news.js';
import { FAILURES, failureOf, type CountedFailure, type Failure, type FailureKind } from './failures.js';
import { FAILURE_HEADER, isAmong, presentedKeys, upstreamHeaders } from './headers.js';
import type { AllowedFeatures } from './inspection/index.js';
import type { AllowedCall, Protocol } from './protocol.js';
import { PROTOCOLS, providerOfUrl, urlBelowPrefix } from './provider-protocols.js';
import { readRequestBody } from './request-body.js';
import { CallMemory, type MemoryShare } from './call-memory.js';
import { passAnswer, type PassedAnswer } from './pass-answer.js';
import { NO_TOKENS, type BegunModelCall, type ModelCall, type ModelCallOwner } from '../usage/index.js';
import { isBudget, type GatewayCaller, type ModelCallGate, type ModelCallJournal } from './types.js';
import { RefusalBound } from './refusal-bound.js';
import { withoutKeys } from './without-keys.js';

export interface GatewayDependencies {
  readonly upstream: ModelUpstream;
  readonly journal: ModelCallJournal;
  readonly gate: ModelCallGate;
  readonly logger: Logger;
  /** How long the provider may take until it begins to answer; 10 minutes unless told. */
  readonly firstByteTimeoutMs?: number;
}

const FIRST_BYTE_TIMEOUT_MS = 10 * 60 * 1000;
const UNCOUNTED_RETRY_SECONDS = 2;

/**
 * Passes a run's model calls on to its AI agent's provider and keeps count. Bytes stream through as they are; refusals
 * and failures of the gateway's own come in the provider's form. Calls that it refuses before they are read (not offered,
 * not this run's key, or too many were refused) were never the instance's and are not counted; those that a limit refuses are
 * counted apart; every other call is counted once.
 */
export class Gateway {
  readonly #requests = new CallMemory();
  readonly #answers = new CallMemory();
  readonly #news = new CallNews();
  readonly #refusals = new RefusalBound();

  constructor(private readonly deps: GatewayDependencies) {}

  /** Answers one call; `request.url` is the path after `/model`. Never rejects: a call's failure is its answer. */
  async handle(request: IncomingMessage, response: ServerResponse, caller: GatewayCaller): Promise<void> {
    const protocol = PROTOCOLS[caller.provider];
    const closedFor = caller.runId === null ? undefined : this.#refusals.closedFor(caller.runId);
    if (closedFor !== undefined) {
      refuse(response, protocol, { ...failureOf('tooManyRefused'), retryAfterSeconds: closedFor });
      return;
    }
    const url = urlBelowPrefix(caller.provider, request.url ?? '');
    if (!isAmong(caller.agentKeys, presentedKeys(request.headers, url?.search ? url.searchParams.getAll('key') : []))) {
      this.#refuse(response, caller, failureOf('wrongKey'));
      return;
    }
    const call = url && protocol.allowedCall(request.method ?? '', url);
    if (!call) {
      this.#refuse(response, caller, failureOf('notOffered'));
      return;
    }
    const { tenantId, instanceId, runId, aiAgent } = caller;
    const begun = { callId: randomUUID(), tenantId, instanceId, runId, aiAgent, startedAt: new Date() };
    const ended = new AbortController();
    const leave = (): void => {
      if (!response.writableFinished) ended.abort(new AgentGone('the agent closed its connection'));
    };
    response.once('close', leave);
    if (response.destroyed) leave();
    const memory = this.#requests.shareOf(runId ?? begun.callId);
    const allowed = new Set(caller.providerFeatures);
    try {
      await this.#pass({
        ...{ request, response, caller, protocol, call, begun, memory, allowed, ended },
        logger: () => {
          const path = withoutKeys(call.path, caller);
          return this.deps.logger.child({ callId: begun.callId, runId, path });
        },
      });
    } finally {
      memory.giveBack();
    }
  }

  /** Answers a call that is not looked at. */
  refuse(response: ServerResponse, provider: ModelProvider, kind: FailureKind): void {
    refuse(response, PROTOCOLS[provider], failureOf(kind));
  }

  /**
   * Answers a call of which it could not be read with what key and where to it goes, as one that cannot be counted: clients
   * try again. The path alone says whose form the answer has.
   */
  refuseUnread(request: IncomingMessage, response: ServerResponse, owner: ModelCallOwner, error: unknown): void {
    this.#news.unread(owner, this.deps.logger, error);
    refuse(response, PROTOCOLS[providerOfUrl(request.url ?? '') ?? 'anthropic'], notCounted());
  }

  /** What has come so far is not sent before all of it may be. */
  async #pass(exchange: Exchange): Promise<void> {
    const { request, response, begun, logger } = exchange;
    try {
      const body = await bodyToSend(exchange);
      if (Buffer.isBuffer(body)) await this.#passOn(exchange, body);
      else this.#refuseCounted(exchange, body);
    } catch (error) {
      if (request.complete) throw error;
      logger().debug({ err: error, callId: begun.callId }, 'the agent went away while it sent a model call');
      response.destroy();
    }
  }

  /** A call that cannot be limited, or cannot be written down, is not sent. */
  async #passOn(exchange: Exchange, body: Buffer): Promise<void> {
    const { response, caller, call, begun, logger, ended } = exchange;
    let settle: Settle = () => undefined;
    try {
      if (call.isLimited) {
        const admission = await this.deps.gate.admit(begun);
        if (!admission.admitted) {
          this.deps.journal.limited({ ...ownerOf(begun), at: new Date() });
          // The gate says it once; an agent that does not stop asking must not fill the log.
          logger().debug({ limit: admission.limit }, 'a model call was refused: a limit of its AI agent is reached');
          const kind = isBudget(admission.limit) ? 'budgetSpent' : 'limited';
          this.#refuse(response, caller, { ...admission, kind });
          return;
        }
        settle = (call) => admission.settle(call);
      }
      // Whoever went away meanwhile has made no call.
      if (ended.signal.aborted) {
        settle(undefined);
        response.destroy();
        return;
      }
      this.deps.journal.began(begun);
    } catch (error) {
      settle(undefined);
      this.#refuseUncounted(exchange, error);
      return;
    }
    const onEnded = (ended: ModelCall): void => {
      settle(ended);
      if (ended.error) this.#news.failed(exchange, ended);
    };
    const generation = call.isLimited ? { bodyBytes: body.length } : undefined;
    const shown = (model: string): string => withoutKeys(model, caller);
    await this.#exchange(exchange, body, new CallLedger(begun, this.deps.journal, onEnded, generation, shown));
  }

  async #exchange(exchange: Exchange, body: Buffer, ledger: CallLedger): Promise<void> {
    const { response, protocol, begun, ended, logger } = exchange;
    try {
      const answer = await this.#send(exchange, body);
      const room = this.#answers.shareOf(begun.runId ?? begun.callId);
      const onCut: PassedAnswer['onCut'] = (error, by) => this.#news.cut(exchange, error, by);
      await passAnswer({ ...exchange, ledger, answer, room, onCut });
    } catch (error) {
      if (ended.signal.reason instanceof AgentGone) {
        ledger.abandoned();
        logger().debug({ err: error }, 'the agent went away before its model call was answered');
        response.destroy();
        return;
      }
      const kind = error instanceof FirstByteTimeout ? 'timedOut' : 'unreachable';
      this.#news.unanswered(exchange, error);
      ledger.failed(kind);
      refuse(response, protocol, failureOf(kind));
    }
  }

  #refuseCounted(exchange: Exchange, failure: CountedFailure): void {
    const { begun, caller, response } = exchange;
    this.#news.refused(exchange, failure);
    const ending = {
      model: undefined,
      status: FAILURES[failure.kind].status,
      outcome: 'FAILED',
      error: 'REFUSED',
    } as const;
    this.deps.journal.refused({ ...begun, ...ending, ...NO_TOKENS });
    this.#refuse(response, caller, failure);
  }

  /** For what the agent asks; such refusals of a run have a bound. */
  #refuse(response: ServerResponse, { runId, provider }: GatewayCaller, failure: Failure): void {
    if (runId !== null && this.#refusals.refused(runId, failure.kind))
      this.deps.logger.warn(
        { runId, failure: failure.kind },
        'a run asks too often for what is refused: for the rest of the minute none of its model calls is read',
      );
    refuse(response, PROTOCOLS[provider], failure);
  }

  #refuseUncounted(exchange: Exchange, error: unknown): void {
    const { protocol, response } = exchange;
    this.#news.uncounted(exchange, error);
    refuse(response, protocol, notCounted());
  }

  /** Resolves with the head of the provider's answer; ends the upstream call when that takes too long. */
  async #send(exchange: Exchange, body: Buffer): Promise<ModelResponse> {
    const { request, caller, protocol, call, allowed, ended } = exchange;
    const timeoutMs = this.deps.firstByteTimeoutMs ?? FIRST_BYTE_TIMEOUT_MS;
    const timer = setTimeout(() => ended.abort(new FirstByteTimeout(timeoutMs)), timeoutMs);
    try {
      return await this.deps.upstream.send({
        provider: caller.provider,
        baseUrl: caller.baseUrl ?? undefined,
        method: request.method ?? '',
        path: call.path,
        headers: upstreamHeaders(
          protocol.allowedHeaders?.(request.headers, allowed) ?? request.headers,
          protocol.credentialHeaders(caller.credential),
          body.length > 0,
        ),
        body,
        signal: ended.signal,
      });
    } finally {
      clearTimeout(timer);
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
  readonly begun: BegunModelCall;
  readonly memory: MemoryShare;
  readonly allowed: AllowedFeatures;
  /** Made when there is something to say. */
  readonly logger: () => Logger;
  /** Aborted when the agent's connection closes before the answer is through, or the answer does not begin in time. */
  readonly ended: AbortController;
}

type Settle = (ended: ModelCall | undefined) => void;

const notCounted = (): Failure => ({ ...failureOf('notCounted'), retryAfterSeconds: UNCOUNTED_RETRY_SECONDS });

const ownerOf = ({ tenantId, instanceId, runId, aiAgent }: BegunModelCall): ModelCallOwner => ({
  ...{ tenantId, instanceId, runId, aiAgent },
});

/** Rejects when the agent goes away before all of it has come. */
async function bodyToSend({ request, call, memory, allowed }: Exchange): Promise<Buffer | CountedFailure> {
  if (request.headers['content-encoding'] !== undefined) return failureOf('encoded');
  const body = await readRequestBody(request, memory);
  return typeof body === 'string' ? failureOf(body) : call.inspect(body, allowed);
}

class AgentGone extends Error {}

class FirstByteTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`the provider did not begin to answer within ${timeoutMs} ms`);
  }
}

/** For clients that heed them: what is refused now is refused again, unless it was only too much at once. */
function retryHeaders({ kind, retryAfterSeconds }: Failure): Readonly<Record<string, string>> {
  const after = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (kind === 'budgetSpent') return { ...after, 'x-should-retry': 'false' };
  if (retryAfterSeconds !== undefined) return after;
  if (kind === 'tooMuchAtOnce') return { 'retry-after': '1' };
  return FAILURES[kind].status < 500 ? { 'x-should-retry': 'false' } : {};
}

/** Answers with the gateway's own failure. What the agent still sends of an unread body ends with the connection. */
function refuse(response: ServerResponse, protocol: Protocol, failure: Failure): void {
  if (response.destroyed || response.headersSent) return;
  const body = JSON.stringify(protocol.errorBody(failure));
  response.writeHead(FAILURES[failure.kind].status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    [FAILURE_HEADER]: failure.kind,
    ...retryHeaders(failure),
    ...(response.req.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
}
