import { z } from 'zod';
import type { ScriptCue } from '../script/triage-script.js';
import { shellTool, type ShellTool } from './openai-shell.js';

const texts = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);
const item = z.looseObject({
  type: z.string().default('message'),
  role: z.string().optional(),
  /** Of a message. */
  content: texts.nullish(),
  /** Of a call that was made. */
  output: texts.optional(),
});

/** The parts of a Responses request that the mock reads. */
export const responsesRequest = z.looseObject({
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  input: z.union([z.string(), z.array(item)]),
  tools: z.array(z.looseObject({ type: z.string(), name: z.string().optional() })).default([]),
});

export type ResponsesRequest = z.infer<typeof responsesRequest>;

const textOf = (content: z.infer<typeof texts> | null | undefined): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('\n');

export const shellOf = ({ tools }: ResponsesRequest): ShellTool | undefined => shellTool(tools.map(({ name }) => name));

/** What the script is told; undefined for a call beside the triage, which offers no tools. */
export function responsesCue(request: ResponsesRequest): ScriptCue | undefined {
  if (request.tools.length === 0) return undefined;
  const { input } = request;
  const items = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  return {
    hasShell: shellOf(request) !== undefined,
    prompt: items
      .filter(({ role }) => role === 'user')
      .map(({ content }) => textOf(content))
      .join('\n'),
    toolResults: items
      .filter(({ type }) => type === 'function_call_output')
      .map((one) => textOf('output' in one ? one.output : undefined)),
  };
}
