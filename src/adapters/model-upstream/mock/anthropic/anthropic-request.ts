import { z } from 'zod';
import { findIncident } from '../script/incident-text.js';
import type { ScriptCue } from '../script/triage-script.js';

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  is_error: z.boolean().nullish(),
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

const SHELL_TOOL = 'Bash';

/** What the script is told; undefined for a call beside the triage, which offers no tools. */
export function scriptCue({ tools, messages }: MessagesRequest): ScriptCue | undefined {
  if (tools.length === 0) return undefined;
  const blocks = messages
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content));
  const results = blocks.filter(({ type }) => type === 'tool_result');
  const prompt = blocks.map(({ type, text }) => (type === 'text' ? text : '')).join('\n');
  return {
    hasShell: tools.some(({ name }) => name === SHELL_TOOL),
    toolResults: results.length,
    lastToolFailed: results.at(-1)?.is_error === true,
    incident: findIncident(prompt),
  };
}

/** A plausible number of tokens that depends on nothing but the text's length. */
export const estimateTokens = (text: string): number => Math.max(1, Math.ceil(Buffer.byteLength(text) / 4));
