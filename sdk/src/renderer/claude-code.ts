import type { AgentEvent } from './agent-event.js';
import { isObject, numberOf, objectsIn, parseObject, textOf, type JsonObject } from './json.js';

/** Reads Claude Code's `--output-format stream-json --verbose`: one JSON event a line, the last of type `result`. */
export function parseClaudeCodeLine(line: string): readonly AgentEvent[] | undefined {
  const event = parseObject(line);
  switch (event?.type) {
    case 'system':
      return event.subtype === 'init'
        ? [{ kind: 'start', model: textOf(event.model), version: textOf(event.claude_code_version) }]
        : undefined;
    case 'assistant':
    case 'user':
      return known(contentOf(event).map(blockEvent));
    case 'result':
      return resultEvents(event);
    default:
      return undefined;
  }
}

const contentOf = (event: JsonObject): readonly JsonObject[] =>
  isObject(event.message) ? objectsIn(event.message.content) : [];

/** A message with nothing that we know is no event of ours; one with something keeps that. */
function known(events: readonly (AgentEvent | undefined)[]): readonly AgentEvent[] | undefined {
  const found = events.filter((event) => event !== undefined);
  return found.length > 0 ? found : undefined;
}

function blockEvent(block: JsonObject): AgentEvent | undefined {
  switch (block.type) {
    case 'text':
      return { kind: 'text', text: textOf(block.text) ?? '' };
    case 'thinking':
      return { kind: 'thinking', text: textOf(block.thinking) ?? '' };
    case 'tool_use':
      return {
        kind: 'toolCall',
        id: textOf(block.id) ?? '',
        tool: textOf(block.name) ?? 'a tool',
        input: block.input,
      };
    case 'tool_result':
      return {
        kind: 'toolResult',
        id: textOf(block.tool_use_id) ?? '',
        text: toolText(block.content),
        isError: block.is_error === true,
      };
    default:
      return undefined;
  }
}

const toolText = (content: unknown): string =>
  textOf(content) ??
  objectsIn(content)
    .map((part) => textOf(part.text) ?? `[${textOf(part.type) ?? 'data'}]`)
    .join('\n');

function resultEvents(event: JsonObject): readonly AgentEvent[] {
  const end: AgentEvent = {
    kind: 'end',
    succeeded: event.subtype === 'success' && event.is_error !== true,
    text: textOf(event.result),
    turns: numberOf(event.num_turns),
    durationMs: numberOf(event.duration_ms),
  };
  const usage = event.usage;
  if (!isObject(usage)) return [end];
  const tokens = (name: string) => numberOf(usage[name]) ?? 0;
  return [
    {
      kind: 'usage',
      inputTokens: tokens('input_tokens') + tokens('cache_creation_input_tokens') + tokens('cache_read_input_tokens'),
      outputTokens: tokens('output_tokens'),
    },
    end,
  ];
}
