import type { ParsedEvent } from './agent-event.js';
import { isObject, numberOf, objectsIn, parseObject, textOf, type JsonObject } from './json.js';

/** Reads Codex CLI's `exec --json`: threads, turns and items, one JSON event a line. */
export function parseCodexCliLine(line: string): readonly ParsedEvent[] | undefined {
  const event = parseObject(line);
  switch (event?.type) {
    case 'thread.started':
      return [{ kind: 'start', model: undefined, version: undefined }];
    case 'turn.started':
      return [];
    case 'item.started':
      return isObject(event.item) ? toolCall(event.item) : undefined;
    case 'item.updated':
      return [];
    case 'item.completed':
      return isObject(event.item) ? completedItem(event.item) : undefined;
    case 'turn.completed':
      return [...usage(event.usage), end(true, undefined)];
    case 'turn.failed':
      return [end(false, isObject(event.error) ? textOf(event.error.message) : undefined)];
    default:
      return undefined;
  }
}

const end = (succeeded: boolean, text: string | undefined): ParsedEvent => ({
  ...{ kind: 'end', succeeded, text, turns: undefined, durationMs: undefined },
});

/** Undefined for an item that is no tool. */
function toolCall(item: JsonObject): readonly ParsedEvent[] | undefined {
  const id = textOf(item.id) ?? '';
  switch (item.type) {
    case 'command_execution':
      return [{ kind: 'toolCall', id, tool: 'shell', input: { command: item.command } }];
    case 'mcp_tool_call':
      return [{ kind: 'toolCall', id, tool: textOf(item.tool) ?? 'a tool', input: item.arguments }];
    case 'file_change':
    case 'web_search':
      return [];
    default:
      return undefined;
  }
}

function completedItem(item: JsonObject): readonly ParsedEvent[] | undefined {
  const id = textOf(item.id) ?? '';
  const isError = item.status === 'failed' || item.status === 'declined';
  switch (item.type) {
    case 'agent_message':
      return [{ kind: 'text', text: textOf(item.text) ?? '' }];
    case 'reasoning':
      return [{ kind: 'thinking', text: textOf(item.text) ?? '' }];
    case 'command_execution':
      return [{ kind: 'toolResult', id, text: textOf(item.aggregated_output) ?? '', isError }];
    case 'mcp_tool_call':
      return [{ kind: 'toolResult', id, text: mcpText(item), isError }];
    case 'file_change':
      return objectsIn(item.changes).map((change) => {
        const tool = `file ${textOf(change.kind) ?? 'change'}${isError ? ' failed' : ''}`;
        return { kind: 'toolCall', id, tool, input: { path: change.path } };
      });
    case 'web_search':
      return [{ kind: 'toolCall', id, tool: 'web search', input: { query: item.query } }];
    default:
      return undefined;
  }
}

function mcpText({ error, result }: JsonObject): string {
  if (isObject(error)) return textOf(error.message) ?? '';
  const content = isObject(result) ? objectsIn(result.content) : [];
  return content.map((part) => textOf(part.text) ?? '').join('\n');
}

function usage(value: unknown): readonly ParsedEvent[] {
  if (!isObject(value)) return [];
  const { input_tokens: input, output_tokens: output } = value;
  return [{ kind: 'usage', inputTokens: numberOf(input) ?? 0, outputTokens: numberOf(output) ?? 0 }];
}
