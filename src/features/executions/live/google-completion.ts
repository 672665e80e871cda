import { z } from 'zod';
import type { CompletionProtocol } from './completion.js';

const part = z.looseObject({ text: z.string().optional(), thought: z.boolean().optional() });
const candidate = z.object({
  content: z.object({ parts: z.array(part).default([]) }).optional(),
  finishReason: z.string().optional(),
});
const answer = z.object({
  candidates: z.array(candidate).optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
});

/** Google Generative Language. A prompt that it blocks has no candidate. */
export const googleCompletion: CompletionProtocol = {
  provider: 'google',
  path: (model) => `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
  headers: {},
  body: ({ systemPrompt, task }) => ({
    systemInstruction: { parts: [{ text: systemPrompt }] },
    contents: [{ role: 'user', parts: [{ text: task }] }],
  }),

  read(body) {
    const { candidates, promptFeedback } = answer.safeParse(body).data ?? {};
    const first = candidates?.[0];
    const stopped = first?.finishReason ?? promptFeedback?.blockReason;
    if (!first && stopped === undefined) return undefined;
    const words = first?.content?.parts.filter(({ thought }) => thought !== true) ?? [];
    return { text: words.map(({ text }) => text ?? '').join(''), stopped, isCut: stopped === 'MAX_TOKENS' };
  },
};
