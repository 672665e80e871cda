import { z } from 'zod';
import type { ErrorRule, ProviderError } from './probe.js';

const detail = z.object({
  message: z.string(),
  type: z.string().nullish(),
  param: z.string().nullish(),
  // Servers that speak the protocol without being OpenAI put the HTTP status there.
  code: z.union([z.string(), z.number()]).nullish(),
});
/** The second and third form are those of such servers, too. */
const failure = z.union([
  z.object({ error: detail }).transform(({ error }) => error),
  z.object({ error: z.string() }).transform(({ error }): z.infer<typeof detail> => ({ message: error })),
  detail.extend({ object: z.literal('error') }),
]);

/** Signs are type and code, and `param:NAME` for the part of the request that is wrong. */
export function openaiErrorIn(body: unknown): ProviderError | undefined {
  const error = failure.safeParse(body).data;
  if (!error) return undefined;
  const { message, type, param, code } = error;
  return {
    message,
    signs: [type, code, param == null ? null : `param:${param}`].flatMap((sign) =>
      sign == null ? [] : [String(sign)],
    ),
  };
}

export const OPENAI_ERROR_RULES: readonly ErrorRule[] = [
  { means: 'MODEL_NOT_FOUND', signs: ['model_not_found', 'param:model'] },
  {
    means: 'QUOTA',
    signs: ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active', 'rate_limit_exceeded'],
  },
  { means: 'UNAUTHORIZED', signs: ['invalid_api_key', 'authentication_error', 'account_deactivated'] },
  { means: 'MODEL_NOT_FOUND', words: /\bmodels?\b.{0,200}\b(not found|does not exist)|not a valid model/is },
  { means: 'UPSTREAM', signs: ['server_error'] },
];
