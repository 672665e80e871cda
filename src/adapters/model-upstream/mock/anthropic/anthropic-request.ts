import { z } from 'zod';
import type { ScriptCue } from '../script/triage-script.js';

const textBlocks = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);
const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  /** Of a tool result. */
  content: z.unknown().optional(),
});

/** The parts of a Messages request that the mock reads. */
export const messagesRequest = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1).optional(),
  stream: z.boolean().default(false),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(block)]) })).min(1),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
});

export type MessagesRequest = z.infer<typeof messagesRequest>;

/** What Claude Code calls its shell. */
export const SHELL_TOOL = 'Bash';

function resultText(content: unknown): string {
  const blocks = textBlocks.safeParse(content).data ?? [];
  return typeof blocks === 'string' ? blocks : blocks.map(({ text }) => text ?? '').join('\n');
}

/** What the script is told; undefined for a call beside the triage, which offers no tools. */
export function scriptCue({ tools, messages }: MessagesRequest): ScriptCue | undefined {
  if (tools.length === 0) return undefined;
  const blocks = messages
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => (typeof content === 'string' ? [{ type: 'text', text: content, content }] : content));
  return {
    hasShell: tools.some(({ name }) => name === SHELL_TOOL),
    prompt: blocks.map(({ type, text }) => (type === 'text' ? text : '')).join('\n'),
    toolResults: blocks.filter(({ type }) => type === 'tool_result').map(({ content }) => resultText(content)),
  };
}
