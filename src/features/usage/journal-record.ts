import { AI_AGENT_NAMES, type AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import {
  MODEL_CALL_ERRORS,
  type BegunModelCall,
  type LimitedModelCall,
  type ModelCall,
  type ModelCallError,
  type ModelCallOutcome,
  type ModelCallOwner,
} from './model-call.js';

/** One line of the journal. */
export type JournalRecord =
  | { readonly began: BegunModelCall }
  | { readonly ended: ModelCall }
  /** `count` calls of one owner in one day that a limit refused, or what they asked for. */
  | { readonly limited: LimitedModelCall; readonly count: number }
  | { readonly refused: LimitedModelCall; readonly count: number };

/** More than any call has; keeps the sums of what a hostile provider reports within their columns. */
const MAX_TOKENS = 1_000_000_000;
/** Of a model's name as it is written down; what is shown of it is decided later. */
const MAX_MODEL_LENGTH = 256;

type Fields = Readonly<Record<string, unknown>>;

function held<T>(value: T, isHeld: boolean): T {
  if (!isHeld) throw new Error('not a record');
  return value;
}

const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const AGENTS: ReadonlySet<unknown> = new Set(AI_AGENT_NAMES);
const OUTCOMES: ReadonlySet<unknown> = new Set<ModelCallOutcome>(['COMPLETED', 'FAILED', 'PARTIAL']);

const idIn = (fields: Fields, name: string): string => {
  const id = fields[name];
  return held(id as string, typeof id === 'string' && ID.test(id));
};

const instantIn = (fields: Fields, name: string): Date => {
  const text = fields[name];
  const instant = new Date(held(text as string, typeof text === 'string' && INSTANT.test(text)));
  return held(instant, !Number.isNaN(instant.getTime()));
};

const wholeIn = (fields: Fields, name: string, atLeast: number): number => {
  const number = fields[name];
  return held(number as number, Number.isInteger(number) && (number as number) >= atLeast);
};

const tokensIn = (fields: Fields, name: string): number => Math.min(wholeIn(fields, name, 0), MAX_TOKENS);

const ownerIn = (fields: Fields): ModelCallOwner => {
  const { tenantId, aiAgent } = fields;
  return {
    tenantId: held(tenantId as TenantId, typeof tenantId === 'string' && tenantId !== ''),
    instanceId: idIn(fields, 'instanceId') as InstanceId,
    aiAgent: held(aiAgent as AiAgent, AGENTS.has(aiAgent)),
    runId: fields.runId === null ? null : (idIn(fields, 'runId') as RunId),
  };
};

const begunIn = (fields: Fields): BegunModelCall => ({
  ...ownerIn(fields),
  callId: idIn(fields, 'callId'),
  startedAt: instantIn(fields, 'startedAt'),
});

const endedIn = (fields: Fields): ModelCall => {
  const { model, error, outcome } = fields;
  return {
    ...begunIn(fields),
    model: held(
      model as string | undefined,
      model === undefined || (typeof model === 'string' && model.length <= MAX_MODEL_LENGTH),
    ),
    status: fields.status === undefined ? undefined : wholeIn(fields, 'status', 0),
    outcome: held(outcome as ModelCallOutcome, OUTCOMES.has(outcome)),
    error: held(
      error as ModelCallError | undefined,
      error === undefined || (typeof error === 'string' && Object.hasOwn(MODEL_CALL_ERRORS, error)),
    ),
    ...{ inputTokens: tokensIn(fields, 'inputTokens'), outputTokens: tokensIn(fields, 'outputTokens') },
    ...{ cacheReadTokens: tokensIn(fields, 'cacheReadTokens'), cacheWriteTokens: tokensIn(fields, 'cacheWriteTokens') },
    reasoningTokens: tokensIn(fields, 'reasoningTokens'),
    ...(fields.unreportedTokens !== undefined && { unreportedTokens: tokensIn(fields, 'unreportedTokens') }),
  };
};

const notSentIn = (fields: Fields): LimitedModelCall => ({ ...ownerIn(fields), at: instantIn(fields, 'at') });

function recordIn(value: Fields): JournalRecord {
  if (value.began) return { began: begunIn(value.began as Fields) };
  if (value.ended) return { ended: endedIn(value.ended as Fields) };
  const count = wholeIn(value, 'count', 1);
  if (value.limited) return { limited: notSentIn(value.limited as Fields), count };
  return { refused: notSentIn(held(value.refused as Fields, Boolean(value.refused))), count };
}

/** The record's line, newline included; no text in it holds another one. */
export const lineOf = (entry: JournalRecord): string =>
  `${JSON.stringify('ended' in entry ? { ended: shortened(entry.ended) } : entry)}\n`;

/**
 * The record of a line; undefined when the line is none. By hand: of each call two lines are read back, and a schema took as
 * long for them as a twentieth of the whole call.
 */
export function recordOf(line: string): JournalRecord | undefined {
  try {
    return recordIn(JSON.parse(line) as Fields);
  } catch {
    return undefined;
  }
}

const shortened = (call: ModelCall): ModelCall =>
  call.model === undefined || call.model.length <= MAX_MODEL_LENGTH
    ? call
    : { ...call, model: call.model.slice(0, MAX_MODEL_LENGTH) };
