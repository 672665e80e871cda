import type { IncomingMessage } from 'node:http';
import type { Actor } from '../../../kernel/actor.js';
import { boundedText } from '../../../kernel/bounded-text.js';
import { TriagedError } from '../../../kernel/errors.js';
import type { AgentId, ExecutionId } from '../../../kernel/ids.js';
import { parsedJson } from '../../../kernel/json.js';
import { Audit } from '../../audit/index.js';
import { connectionFailure, judgeAnswer, probeOf, shownText } from '../../connection-tests/index.js';
import type { Probe } from '../../connection-tests/index.js';
import type { CredentialPlace, CredentialService } from '../../credentials/index.js';
import { callInProcess, FAILURE_HEADER, reportedTokens } from '../../gateway/index.js';
import type { FailureKind, Gateway } from '../../gateway/index.js';
import { Masker } from '../../masking/index.js';
import type { TokenFigures } from '../../usage/index.js';
import type { CompletionProtocol, Question } from './completion.js';
import { completionOf, modelOf } from './completion-choice.js';
import { CallWatch } from './call-watch.js';
import type { CallWatchDependencies } from './call-watch.js';
import { gatewayFailure, providerFailure, retryAfter } from './live-failure.js';
import type { PinnedAiAgent } from './pinned-ai-agents.js';

export interface LiveModelDependencies extends CallWatchDependencies {
  readonly credentials: Pick<CredentialService, 'open' | 'isRevoked'>;
  readonly gateway: Pick<Gateway, 'handle'>;
  /** From the call until its answer is whole; 2 minutes unless told. */
  readonly timeoutMs?: number;
}

/** For which execution a question is asked. */
export interface LiveQuestion extends Question {
  readonly executionId: ExecutionId;
  readonly agentId: AgentId;
}

export interface LiveAnswer {
  /** Never empty; holds neither the key nor what looks like one. */
  readonly text: string;
  readonly warnings: readonly string[];
  readonly usage: TokenFigures;
}

const TIMEOUT_MS = 2 * 60 * 1000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Of the text that is kept, in UTF-16 code units. */
export const MAX_ANSWER_LENGTH = 32_000;
const MAX_STOPPED_LENGTH = 50;
export const CUT_WARNING = 'The answer is not whole: the model may say no more at once.';
export const SHORTENED_WARNING = `The answer is not whole: its first ${MAX_ANSWER_LENGTH} characters are kept.`;

/** Asks the model behind an instance's AI agent, through the gateway: once, without a second try. */
export class LiveModel {
  constructor(private readonly deps: LiveModelDependencies) {}

  /**
   * Throws CREDENTIAL_REVOKED and INSTANCE_NOT_RUNNING, also when the key is revoked or the instance stopped meanwhile;
   * CREDENTIAL_UNREADABLE; BAD_USER_INPUT when the gateway does not pass the model on; RATE_LIMITED when a limit of the AI agent is reached; MODEL_PROVIDER_ERROR when the provider
   * refuses, fails or says nothing. Aborting the signal ends the call at the provider.
   */
  async ask(actor: Actor, pinned: PinnedAiAgent, question: LiveQuestion, signal: AbortSignal): Promise<LiveAnswer> {
    const { instanceId, aiAgent, credentialVersion: version } = pinned;
    const place = { tenantId: actor.tenantId, instanceId, aiAgent, version };
    // Before the key is read, so that neither a revocation nor a stop falls in between.
    const watch = await CallWatch.begin(this.deps, place);
    try {
      watch.signal.throwIfAborted();
      const credential = await this.#takeKey(actor, place, question);
      return await this.#call({ actor, pinned, question, credential, gone: signal, ended: watch.signal });
    } finally {
      watch.close();
    }
  }

  async #call({ actor, pinned, question, credential, gone, ended }: Call): Promise<LiveAnswer> {
    const { instanceId, aiAgent, provider, baseUrl, providerFeatures } = pinned;
    const model = modelOf(provider, question.model);
    const probe = probeOf(aiAgent, provider, model);
    const protocol = completionOf(probe, model);
    const path = protocol.path(model);
    const caller = {
      ...{ tenantId: actor.tenantId, instanceId, runId: null, aiAgent },
      ...{ provider, baseUrl, credential, providerFeatures },
    };
    const deadline = AbortSignal.timeout(this.deps.timeoutMs ?? TIMEOUT_MS);
    const any = AbortSignal.any([gone, ended, deadline]);
    const call = { path, headers: protocol.headers, body: protocol.body(question), signal: any };
    const exchange = async () => {
      const answer = await callInProcess(this.deps.gateway, caller, call);
      return { answer, body: await boundedText(answer, MAX_ANSWER_BYTES, any) };
    };
    const { answer, body } = await exchange().catch((error: unknown) => {
      if (gone.aborted) throw new TriagedError('SERVICE_UNAVAILABLE', 'The call was ended: the client went away.');
      ended.throwIfAborted();
      const failure = connectionFailure(deadline.aborted ? 'TIMEOUT' : 'UPSTREAM');
      throw providerFailure(failure, { instanceId, aiAgent }, {}, { cause: error });
    });
    return read(answer, body, { pinned, probe, protocol, path, credential });
  }

  /** Recorded before the key is used, so that no use goes unrecorded. */
  #takeKey(actor: Actor, place: CredentialPlace, { executionId, agentId, model }: LiveQuestion): Promise<string> {
    const { instanceId, aiAgent, version: credentialVersion } = place;
    return this.deps.dataSource.transaction(async (manager) => {
      const credential = await this.deps.credentials.open(manager, place);
      const subject = { instanceId, aiAgent, credentialVersion, agentId };
      const details = { executionId, model };
      await Audit.record(manager, actor, { action: 'EXECUTION_STARTED', ...subject, details });
      return credential;
    });
  }
}

/** One call, with the key in hand. */
interface Call {
  readonly actor: Actor;
  readonly pinned: PinnedAiAgent;
  readonly question: LiveQuestion;
  readonly credential: string;
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal;
  /** Aborted when the key is revoked, or its instance stopped. */
  readonly ended: AbortSignal;
}

interface Asked {
  readonly pinned: PinnedAiAgent;
  readonly probe: Probe;
  readonly protocol: CompletionProtocol;
  readonly path: string;
  readonly credential: string;
}

function read(answer: IncomingMessage, body: string | undefined, asked: Asked): LiveAnswer {
  const { headers, statusCode: status = 0 } = answer;
  const { pinned, probe, protocol, path, credential } = asked;
  const { instanceId, aiAgent, provider } = pinned;
  const subject = { instanceId, aiAgent };
  const fail = (message: string) => providerFailure(connectionFailure('UPSTREAM', { message }), subject, { status });
  if (body === undefined) throw fail(`The model's answer is longer than ${MAX_ANSWER_BYTES / 1024} KiB.`);
  const json = parsedJson(body);
  const refusal = headers[FAILURE_HEADER] as FailureKind | undefined;
  if (refusal === 'unreachable') throw providerFailure(connectionFailure('UPSTREAM'), subject);
  if (refusal === 'timedOut') throw providerFailure(connectionFailure('TIMEOUT'), subject);
  if (refusal) throw gatewayFailure(refusal, { message: probe.errorIn(json)?.message ?? '', headers, subject });

  const judgement = judgeAnswer(probe, { status, text: body }, credential);
  if (!judgement.ok) throw providerFailure(judgement.failure, subject, { status, ...retryAfter(headers) });
  const completion = protocol.read(json);
  const text = storable(completion?.text ?? '', credential);
  if (text.trim() === '') {
    const stopped = shownText(completion?.stopped ?? '', credential, MAX_STOPPED_LENGTH);
    throw fail(`The model answered without a word${stopped === null ? '' : ` (${stopped})`}.`);
  }
  return {
    text: text.slice(0, MAX_ANSWER_LENGTH).toWellFormed(),
    warnings: [
      ...(completion?.isCut ? [CUT_WARNING] : []),
      ...(text.length > MAX_ANSWER_LENGTH ? [SHORTENED_WARNING] : []),
    ],
    usage: reportedTokens(provider, path, { contentType: headers['content-type'] ?? '', body: Buffer.from(body) }),
  };
}

/** Without what Postgres keeps in no text, and with what is secret masked. */
const storable = (text: string, credential: string): string =>
  new Masker([credential]).mask(Buffer.from(text.replaceAll('\0', '').toWellFormed()), true).bytes.toString();
