import { z } from 'zod';
import type { CompletionProtocol } from './completion.js';

const choice = z.object({
  message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
  finish_reason: z.string().nullish(),
});
const completion = z.object({ choices: z.array(choice).min(1) });

/** OpenAI Chat Completions, of OpenAI or of one of the many servers that speak it. What it refuses in words is its answer. */
export const openaiChatCompletion: CompletionProtocol = {
  provider: 'openai',
  path: () => '/v1/chat/completions',
  headers: {},
  body: ({ model, systemPrompt, task }) => ({
    model,
    messages: [
      { role: 'system', content: systemPrompt },
      { role: 'user', content: task },
    ],
  }),

  read(body) {
    const first = completion.safeParse(body).data?.choices[0];
    if (!first) return undefined;
    const { message, finish_reason: reason } = first;
    const said = message.content ?? '';
    const text = said === '' ? (message.refusal ?? '') : said;
    return { text, stopped: reason ?? undefined, isCut: reason === 'length' };
  },
};
