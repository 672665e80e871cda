import type { ParsedEvent } from './agent-event.js';
import { isObject, numberOf, parseObject, textOf, type JsonObject } from './json.js';

/** Reads OpenCode's `run --format json`: parts of messages, one JSON event a line. A tool is told of once it has ended. */
export function parseOpencodeLine(line: string): readonly ParsedEvent[] | undefined {
  const event = parseObject(line);
  if (event?.type === 'error') return [end(false, errorText(event.error))];
  if (event === undefined || !isObject(event.part)) return undefined;
  const part = event.part;
  switch (event.type) {
    case 'step_start':
      return [];
    case 'text':
      return [{ kind: 'text', text: textOf(part.text) ?? '' }];
    case 'reasoning':
      return [{ kind: 'thinking', text: textOf(part.text) ?? '' }];
    case 'tool_use':
      return isObject(part.state) ? toolEvents(part, part.state) : undefined;
    case 'step_finish':
      return part.reason === 'tool-calls'
        ? usage(part.tokens)
        : [...usage(part.tokens), end(part.reason === 'stop', textOf(part.reason))];
    default:
      return undefined;
  }
}

const end = (succeeded: boolean, text: string | undefined): ParsedEvent => ({
  ...{ kind: 'end', succeeded, text: succeeded ? undefined : text, turns: undefined, durationMs: undefined },
});

function errorText(error: unknown): string | undefined {
  if (!isObject(error)) return undefined;
  return (isObject(error.data) ? textOf(error.data.message) : undefined) ?? textOf(error.name);
}

function toolEvents(part: JsonObject, state: JsonObject): readonly ParsedEvent[] {
  const id = textOf(part.callID) ?? '';
  const isError = state.status !== 'completed';
  return [
    { kind: 'toolCall', id, tool: textOf(part.tool) ?? 'a tool', input: state.input },
    { kind: 'toolResult', id, text: textOf(isError ? state.error : state.output) ?? '', isError },
  ];
}

/** Of one step: what the cache held is counted apart from the input. */
function usage(tokens: unknown): readonly ParsedEvent[] {
  if (!isObject(tokens)) return [];
  const cache = isObject(tokens.cache) ? tokens.cache : {};
  const inputTokens = [tokens.input, cache.read, cache.write].reduce<number>(
    (sum, count) => sum + (numberOf(count) ?? 0),
    0,
  );
  return [{ kind: 'usage', inputTokens, outputTokens: numberOf(tokens.output) ?? 0 }];
}
