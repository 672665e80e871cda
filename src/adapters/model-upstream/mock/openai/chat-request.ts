import { z } from 'zod';
import type { ScriptCue } from '../script/triage-script.js';
import { shellTool, type ShellTool } from './openai-shell.js';

const texts = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);

/** The parts of a Chat Completions request that the mock reads. */
export const chatRequest = z.looseObject({
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  messages: z.array(z.looseObject({ role: z.string(), content: texts.nullish() })).min(1),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })).nullish(),
});

export type ChatRequest = z.infer<typeof chatRequest>;

export const shellOf = ({ tools }: ChatRequest): ShellTool | undefined =>
  shellTool((tools ?? []).map((tool) => tool.function?.name));

/** What the script is told; undefined for a call beside the triage, which offers no tools. */
export function chatCue(request: ChatRequest): ScriptCue | undefined {
  if ((request.tools ?? []).length === 0) return undefined;
  const saidBy = (speaker: string): string[] =>
    request.messages
      .filter(({ role }) => role === speaker)
      .map(({ content }) =>
        typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('\n'),
      );
  return {
    hasShell: shellOf(request) !== undefined,
    prompt: saidBy('user').join('\n'),
    toolResults: saidBy('tool'),
  };
}
