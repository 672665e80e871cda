import { z } from 'zod';
import type { ScriptCue } from '../script/triage-script.js';

const part = z.looseObject({
  text: z.string().optional(),
  functionResponse: z.looseObject({ response: z.looseObject({}).optional() }).optional(),
});

/** The parts of a generateContent request that the mock reads. */
export const generateRequest = z.looseObject({
  contents: z.array(z.looseObject({ role: z.string().optional(), parts: z.array(part).default([]) })).min(1),
  tools: z
    .array(z.looseObject({ functionDeclarations: z.array(z.looseObject({ name: z.string() })).default([]) }))
    .default([]),
  generationConfig: z
    .looseObject({ responseJsonSchema: z.looseObject({}).optional(), responseSchema: z.looseObject({}).optional() })
    .optional(),
});

export type GenerateRequest = z.infer<typeof generateRequest>;

/** What Gemini CLI calls its shell. */
export const SHELL_TOOL = 'run_shell_command';

const resultText = (response: Readonly<Record<string, unknown>> = {}): string =>
  typeof response.output === 'string' ? response.output : JSON.stringify(response);

/** What the script is told; undefined for a call beside the triage, which offers no tools. */
export function generateCue({ tools, contents }: GenerateRequest): ScriptCue | undefined {
  if (tools.length === 0) return undefined;
  const parts = contents.filter(({ role }) => role !== 'model').flatMap((content) => content.parts);
  return {
    hasShell: tools.some(({ functionDeclarations }) => functionDeclarations.some(({ name }) => name === SHELL_TOOL)),
    prompt: parts.map(({ text }) => text ?? '').join('\n'),
    toolResults: parts.flatMap(({ functionResponse }) =>
      functionResponse ? [resultText(functionResponse.response)] : [],
    ),
  };
}
