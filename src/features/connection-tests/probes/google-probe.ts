import { z } from 'zod';
import { PROMPT, type Probe } from './probe.js';

const answer = z.object({ candidates: z.array(z.unknown()).min(1), modelVersion: z.string().nullish() });
const body = z.object({
  error: z.object({
    message: z.string(),
    status: z.string().default(''),
    details: z.array(z.object({ reason: z.string().optional() })).default([]),
  }),
});
/** Some of its front ends wrap the error in an array. */
const failure = z.union([body, z.tuple([body]).transform(([only]) => only)]);

/** Google Generative Language. */
export const googleProbe: Probe = {
  provider: 'google',
  path: (model) => `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
  headers: {},
  body: () => ({
    contents: [{ role: 'user', parts: [{ text: PROMPT }] }],
    generationConfig: { maxOutputTokens: 1 },
  }),

  answeredBy(given) {
    const { success, data } = answer.safeParse(given);
    return success ? (data.modelVersion ?? null) : undefined;
  },

  errorIn(given) {
    const error = failure.safeParse(given).data?.error;
    if (!error) return undefined;
    const reasons = error.details.flatMap(({ reason }) => reason ?? []);
    return { message: error.message, signs: [error.status, ...reasons] };
  },

  errorRules: [
    // A wrong key is a 400, INVALID_ARGUMENT.
    { means: 'UNAUTHORIZED', signs: ['API_KEY_INVALID', 'UNAUTHENTICATED', 'PERMISSION_DENIED'] },
    { means: 'MODEL_NOT_FOUND', signs: ['NOT_FOUND'], words: /\bmodels?\b/i },
    { means: 'MODEL_NOT_FOUND', signs: ['INVALID_ARGUMENT'], words: /unexpected model name/i },
    { means: 'QUOTA', signs: ['RESOURCE_EXHAUSTED'] },
    { means: 'TIMEOUT', signs: ['DEADLINE_EXCEEDED'] },
    { means: 'UPSTREAM', signs: ['UNAVAILABLE', 'INTERNAL'] },
  ],
};
