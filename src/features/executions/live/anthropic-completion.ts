import { z } from 'zod';
import type { CompletionProtocol } from './completion.js';

/** Must be named, and is the most that every model so far allows. */
const MAX_TOKENS = 4096;

const message = z.object({
  type: z.literal('message'),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullish(),
});

/** Anthropic Messages. */
export const anthropicCompletion: CompletionProtocol = {
  provider: 'anthropic',
  path: () => '/v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  body: ({ model, systemPrompt, task }) => ({
    ...{ model, max_tokens: MAX_TOKENS, system: systemPrompt },
    messages: [{ role: 'user', content: task }],
  }),

  read(body) {
    const { content, stop_reason: reason } = message.safeParse(body).data ?? {};
    if (!content) return undefined;
    const text = content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('');
    return { text, stopped: reason ?? undefined, isCut: reason === 'max_tokens' };
  },
};
