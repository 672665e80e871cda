import { z } from 'zod';
import { PROMPT, type Probe } from './probe.js';

const answer = z.object({ type: z.literal('message'), model: z.string().nullish() });
const failure = z.object({ error: z.object({ type: z.string().default(''), message: z.string() }) });

/** Anthropic Messages. */
export const anthropicProbe: Probe = {
  provider: 'anthropic',
  path: () => '/v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  body: (model) => ({ model, max_tokens: 1, messages: [{ role: 'user', content: PROMPT }] }),

  answeredBy(body) {
    const { success, data } = answer.safeParse(body);
    return success ? (data.model ?? null) : undefined;
  },

  errorIn(body) {
    const error = failure.safeParse(body).data?.error;
    return error && { message: error.message, signs: [error.type] };
  },

  errorRules: [
    // Without a word of the model it is the path that was not found.
    { means: 'MODEL_NOT_FOUND', signs: ['not_found_error'], words: /\bmodel\b/i },
    { means: 'QUOTA', signs: ['rate_limit_error', 'billing_error'] },
    // Both are invalid_request_error.
    { means: 'QUOTA', words: /credit balance|usage limits?\b/i },
    { means: 'UNAUTHORIZED', words: /organization has been disabled/i },
    { means: 'UNAUTHORIZED', signs: ['authentication_error', 'permission_error'] },
    { means: 'TIMEOUT', signs: ['timeout_error'] },
    { means: 'UPSTREAM', signs: ['api_error', 'overloaded_error'] },
  ],
};
