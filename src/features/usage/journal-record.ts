import { z } from 'zod';
import { AI_AGENT_NAMES } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import {
  MODEL_CALL_ERRORS,
  type BegunModelCall,
  type LimitedModelCall,
  type ModelCall,
  type ModelCallError,
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

const uuid = z.guid();
const instant = z.iso.datetime().transform((text) => new Date(text));
/** Also of those that are too large for zod's `int`: sums of what a provider makes up. */
const tokens = z
  .number()
  .min(0)
  .refine(Number.isInteger)
  .transform((count) => Math.min(count, MAX_TOKENS));

const owner = {
  tenantId: z
    .string()
    .min(1)
    .transform((id) => id as TenantId),
  instanceId: uuid.transform((id) => id as InstanceId),
  aiAgent: z.enum(AI_AGENT_NAMES),
  runId: uuid.transform((id) => id as RunId).nullable(),
};
const begun = { ...owner, callId: uuid, startedAt: instant };

const RECORDS: Readonly<Record<string, z.ZodType<JournalRecord>>> = {
  began: z.object({ began: z.object(begun) }),
  ended: z.object({
    ended: z.object({
      ...begun,
      model: z.string().max(MAX_MODEL_LENGTH).optional(),
      status: z.number().int().optional(),
      outcome: z.enum(['COMPLETED', 'FAILED', 'PARTIAL']),
      error: z.enum(Object.keys(MODEL_CALL_ERRORS) as ModelCallError[]).optional(),
      ...{ inputTokens: tokens, outputTokens: tokens, reasoningTokens: tokens },
      ...{ cacheReadTokens: tokens, cacheWriteTokens: tokens, unreportedTokens: tokens.optional() },
    }),
  }) as unknown as z.ZodType<JournalRecord>,
  limited: z.object({ limited: z.object({ ...owner, at: instant }), count: z.number().int().min(1) }),
  refused: z.object({ refused: z.object({ ...owner, at: instant }), count: z.number().int().min(1) }),
};

/** The record's line, newline included; no text in it holds another one. */
export const lineOf = (entry: JournalRecord): string =>
  `${JSON.stringify('ended' in entry ? { ended: shortened(entry.ended) } : entry)}\n`;

/** The record of a line; undefined when the line is none. */
export function recordOf(line: string): JournalRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const [kind] = Object.keys(value as object);
    return RECORDS[kind ?? '']?.safeParse(value).data;
  } catch {
    return undefined;
  }
}

const shortened = (call: ModelCall): ModelCall =>
  call.model === undefined || call.model.length <= MAX_MODEL_LENGTH
    ? call
    : { ...call, model: call.model.slice(0, MAX_MODEL_LENGTH) };
