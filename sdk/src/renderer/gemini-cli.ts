import type { ParsedEvent } from './agent-event.js';
import { isObject, numberOf, parseObject, textOf, type JsonObject } from './json.js';

/** Reads Gemini CLI's `-o stream-json`: one JSON event a line, the last of type `result`. */
export function parseGeminiCliLine(line: string): readonly ParsedEvent[] | undefined {
  const event = parseObject(line);
  switch (event?.type) {
    case 'init':
      return [{ kind: 'start', model: textOf(event.model), version: undefined }];
    case 'message':
      return messageEvents(event);
    case 'tool_use':
      return [
        {
          kind: 'toolCall',
          id: textOf(event.tool_id) ?? '',
          tool: textOf(event.tool_name) ?? 'a tool',
          input: event.parameters,
        },
      ];
    case 'tool_result':
      return [
        {
          kind: 'toolResult',
          id: textOf(event.tool_id) ?? '',
          text: textOf(event.output) ?? errorText(event) ?? '',
          isError: event.status !== 'success',
        },
      ];
    case 'result':
      return resultEvents(event);
    default:
      return undefined;
  }
}

/** The prompt comes back as the user's message, and is left out. */
function messageEvents({ role, content, delta }: JsonObject): readonly ParsedEvent[] {
  if (role !== 'assistant') return [];
  return [{ kind: delta === true ? 'textPart' : 'text', text: textOf(content) ?? '' }];
}

const errorText = ({ error }: JsonObject): string | undefined => (isObject(error) ? textOf(error.message) : undefined);

function resultEvents(event: JsonObject): readonly ParsedEvent[] {
  const stats = isObject(event.stats) ? event.stats : {};
  const tokens = (name: string) => numberOf(stats[name]) ?? 0;
  return [
    { kind: 'usage', inputTokens: tokens('input_tokens'), outputTokens: tokens('output_tokens') },
    {
      kind: 'end',
      succeeded: event.status === 'success',
      text: errorText(event),
      turns: undefined,
      durationMs: numberOf(stats.duration_ms),
    },
  ];
}
