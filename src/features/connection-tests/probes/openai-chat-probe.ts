import { z } from 'zod';
import { OPENAI_ERROR_RULES, openaiErrorIn } from './openai-error.js';
import { PROMPT, type Probe } from './probe.js';

const answer = z.object({ choices: z.array(z.unknown()).min(1), model: z.string().nullish() });
const MAX_COMPLETION_TOKENS = 16;

/** OpenAI Chat Completions, of OpenAI or of one of the many servers that speak it. */
export const openaiChatProbe: Probe = {
  provider: 'openai',
  path: () => '/v1/chat/completions',
  headers: {},
  // `max_tokens` is refused by models that reason.
  body: (model) => ({
    model,
    messages: [{ role: 'user', content: PROMPT }],
    max_completion_tokens: MAX_COMPLETION_TOKENS,
  }),

  answeredBy(body) {
    const { success, data } = answer.safeParse(body);
    return success ? (data.model ?? null) : undefined;
  },

  errorIn: openaiErrorIn,
  errorRules: OPENAI_ERROR_RULES,
  // A model that reasons may not come to a word within so few tokens, and some say that as an error.
  isAsGoodAsAnAnswer: ({ message }) => message.includes('max_tokens or model output limit was reached'),
};
