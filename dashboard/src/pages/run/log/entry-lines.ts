import { jsonText, renderForTerminal, terminalText, type AgentEvent } from '../../../../../sdk/src/renderer/index.js';

/** Safe to show: what a terminal would obey is written out, colours are left out. */
export const safeLines = (text: string): readonly string[] => terminalText(text, false).split('\n');

/**
 * All that an event says, in lines of safe text without colours, nothing shortened; it is what is searched. Of a tool call
 * the first line tells what is called, the others the whole input.
 */
export function entryLines(event: AgentEvent): readonly string[] {
  switch (event.kind) {
    case 'text':
    case 'thinking':
      return event.text.trim() === '' ? [] : safeLines(event.text.trimEnd());
    case 'toolCall':
      return [...summary(event), ...safeLines(prettyJson(event.input))];
    case 'toolResult':
      return safeLines(event.text.trimEnd());
    case 'raw':
      return event.line.trim() === '' ? [] : safeLines(event.line);
    case 'end':
      return [...summary({ ...event, text: undefined }), ...(event.text ? safeLines(event.text.trimEnd()) : [])];
    case 'start':
    case 'usage':
      return summary(event);
  }
}

/** How many rows of an event are shown before it is opened. */
export function rowsWhenClosed(event: AgentEvent): number {
  switch (event.kind) {
    case 'toolCall':
    case 'start':
    case 'usage':
      return 1;
    case 'end':
      return event.succeeded ? 1 : Infinity;
    case 'thinking':
    case 'raw':
      return 4;
    case 'toolResult':
      return 8;
    case 'text':
      return Infinity;
  }
}

const summary = (event: AgentEvent): readonly string[] =>
  renderForTerminal(event, { colour: false }).trimEnd().split('\n');

const INDENTED_LEVELS = 6;

/**
 * As JSON.stringify with an indent, but what lies deep is in one line: the indent of a value that nests a thousand times
 * would be larger than any log.
 */
export function prettyJson(value: unknown, level = 0): string {
  const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isBranch || level === INDENTED_LEVELS) return jsonText(value);
  const indent = '  '.repeat(level + 1);
  const parts = Array.isArray(value)
    ? (value as readonly unknown[]).map((item) => prettyJson(item, level + 1))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${prettyJson(item, level + 1)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => indent + part).join(',\n')}\n${'  '.repeat(level)}${close}`;
}
