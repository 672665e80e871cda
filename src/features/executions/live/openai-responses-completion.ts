import { z } from 'zod';
import type { CompletionProtocol } from './completion.js';

const content = z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() });
const item = z.looseObject({ type: z.string(), content: z.array(content).optional() });
/** One that failed has an error beside it, and is no answer. */
const response = z.object({
  object: z.literal('response'),
  status: z.string().optional(),
  error: z.null().optional(),
  output: z.array(item),
  incomplete_details: z.object({ reason: z.string().optional() }).nullish(),
});

/** OpenAI Responses, which is asked to keep nothing. What it refuses in words is its answer. */
export const openaiResponsesCompletion: CompletionProtocol = {
  provider: 'openai',
  path: () => '/v1/responses',
  headers: {},
  body: ({ model, systemPrompt, task }) => ({ model, instructions: systemPrompt, input: task, store: false }),

  read(body) {
    const answer = response.safeParse(body).data;
    if (!answer) return undefined;
    const said = answer.output.flatMap((each) => (each.type === 'message' ? (each.content ?? []) : []));
    const reason = answer.incomplete_details?.reason;
    return {
      text: said.map(({ text, refusal }) => text ?? refusal ?? '').join(''),
      stopped: reason ?? answer.status,
      isCut: reason === 'max_output_tokens',
    };
  },
};
