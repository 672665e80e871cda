import type { ParsedEvent } from './agent-event.js';
import { isObject, numberOf, objectsIn, parseObject, textOf, type JsonObject } from './json.js';

/** Reads Goose's `run --output-format stream-json`: pieces of messages, one JSON event a line, the last `complete`. */
export function parseGooseLine(line: string): readonly ParsedEvent[] | undefined {
  const event = parseObject(line);
  switch (event?.type) {
    case 'message':
      return isObject(event.message) ? messageEvents(event.message) : undefined;
    case 'error':
      return [end(false, textOf(event.error))];
    case 'complete':
      return [...usage(event), end(true, undefined)];
    default:
      return undefined;
  }
}

const end = (succeeded: boolean, text: string | undefined): ParsedEvent => ({
  ...{ kind: 'end', succeeded, text, turns: undefined, durationMs: undefined },
});

/** Undefined when it holds nothing that we know. An error comes again as an event of its own. */
function messageEvents({ role, content }: JsonObject): readonly ParsedEvent[] | undefined {
  if (objectsIn(content).some(({ type }) => type === 'error')) return [];
  const events = objectsIn(content)
    .map((block) => blockEvent(block, role))
    .filter((event) => event !== undefined);
  return events.length > 0 ? events : undefined;
}

function blockEvent(block: JsonObject, role: unknown): ParsedEvent | undefined {
  const id = textOf(block.id) ?? '';
  switch (block.type) {
    case 'text':
      return role === 'assistant' ? { kind: 'textPart', text: textOf(block.text) ?? '' } : undefined;
    case 'thinking':
      return { kind: 'thinking', text: textOf(block.thinking) ?? '' };
    case 'toolRequest': {
      const call = valueOf(block.toolCall);
      return { kind: 'toolCall', id, tool: textOf(call.name) ?? 'a tool', input: call.arguments };
    }
    case 'toolResponse':
      return { kind: 'toolResult', id, ...toolResult(block.toolResult) };
    default:
      return undefined;
  }
}

const valueOf = (result: unknown): JsonObject => (isObject(result) && isObject(result.value) ? result.value : {});

function toolResult(result: unknown): { text: string; isError: boolean } {
  const value = valueOf(result);
  const text = objectsIn(value.content)
    .map((part) => textOf(part.text) ?? `[${textOf(part.type) ?? 'data'}]`)
    .join('\n');
  if (isObject(result) && result.status === 'error') return { text: textOf(result.error) ?? text, isError: true };
  return { text, isError: value.isError === true };
}

function usage({ input_tokens: input, output_tokens: output }: JsonObject): readonly ParsedEvent[] {
  const [inputTokens, outputTokens] = [numberOf(input), numberOf(output)];
  if (inputTokens === undefined && outputTokens === undefined) return [];
  return [{ kind: 'usage', inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 }];
}
