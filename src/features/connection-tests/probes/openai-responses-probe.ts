import { z } from 'zod';
import { OPENAI_ERROR_RULES, openaiErrorIn } from './openai-error.js';
import { PROMPT, type Probe } from './probe.js';

/** One that failed has an error beside it, and counts as that; one that was cut short is an answer. */
const answer = z.object({ object: z.literal('response'), model: z.string().nullish(), error: z.null().optional() });
/** No smaller figure is allowed. */
const MAX_OUTPUT_TOKENS = 16;

/** OpenAI Responses. */
export const openaiResponsesProbe: Probe = {
  provider: 'openai',
  path: () => '/v1/responses',
  headers: {},
  body: (model) => ({ model, input: PROMPT, max_output_tokens: MAX_OUTPUT_TOKENS, store: false }),

  answeredBy(body) {
    const { success, data } = answer.safeParse(body);
    return success ? (data.model ?? null) : undefined;
  },

  errorIn: openaiErrorIn,
  errorRules: OPENAI_ERROR_RULES,
};
