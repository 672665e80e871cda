import type { AgentEvent } from './agent-event.js';
import { isHighSurrogate } from './agent-event-decoder.js';
import { isObject, jsonText, textOf } from './json.js';
import { RESET, terminalText } from './terminal-text.js';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Of a tool's result; the rest is counted. 12 by default. */
  readonly maxResultLines?: number;
}

const MAX_LINE = 400;
const MAX_CALL = 160;
const STYLE = { bold: '\x1b[1m', dim: '\x1b[2m', red: '\x1b[31m', green: '\x1b[32m', cyan: '\x1b[36m' } as const;

/** An event as lines for a terminal, ending in a newline unless empty. Safe whatever the agent wrote: see terminalText. */
export function renderForTerminal(event: AgentEvent, options: TerminalOptions): string {
  const paint = (style: keyof typeof STYLE, text: string) => (options.colour ? `${STYLE[style]}${text}${RESET}` : text);
  const safe = (text: string) => {
    const made = terminalText(text, options.colour);
    return made.includes('\x1b') ? made + RESET : made;
  };
  const long = (text: string) =>
    shorten(text, options.maxResultLines ?? 12)
      .map((line) => `  ${safe(line)}\n`)
      .join('');
  switch (event.kind) {
    case 'start':
      return `${paint('dim', `agent started${event.model ? `, model ${safe(event.model)}` : ''}${event.version ? `, version ${safe(event.version)}` : ''}`)}\n`;
    case 'text':
      return event.text.trim() === '' ? '' : `${safe(event.text.trimEnd())}\n`;
    case 'thinking':
      return event.text.trim() === '' ? '' : `${paint('dim', 'thinking')}\n${long(event.text)}`;
    case 'toolCall':
      return `${paint('cyan', '▶')} ${paint('bold', safe(oneLine(event.tool)))} ${safe(oneLine(summaryOf(event.input), MAX_CALL))}\n`;
    case 'toolResult':
      return event.isError ? `${paint('red', '✖ failed')}\n${long(event.text)}` : long(event.text);
    case 'usage':
      return `${paint('dim', `tokens: ${event.inputTokens} in, ${event.outputTokens} out`)}\n`;
    case 'end':
      return endLines(event, paint, long);
    case 'raw':
      return `${safe(oneLine(event.line))}\n`;
  }
}

/** The report was already shown as the agent's last text, so only a failure is told in full. */
function endLines(
  event: Extract<AgentEvent, { kind: 'end' }>,
  paint: (style: keyof typeof STYLE, text: string) => string,
  long: (text: string) => string,
): string {
  const figures = [
    ...(event.turns === undefined ? [] : [`${event.turns} turns`]),
    ...(event.durationMs === undefined ? [] : [`${(event.durationMs / 1000).toFixed(1)} s`]),
  ];
  const note = figures.length > 0 ? ` (${figures.join(', ')})` : '';
  if (event.succeeded) return `${paint('green', '✔ the agent is done')}${note}\n`;
  return `${paint('red', '✖ the agent gave up')}${note}\n${event.text ? long(event.text) : ''}`;
}

/** What a person wants to see of a tool call: the command or the file, else the whole input. */
function summaryOf(input: unknown): string {
  if (!isObject(input)) return jsonText(input);
  const telling = ['command', 'file_path', 'path', 'pattern', 'url', 'query'].map((name) => textOf(input[name]));
  return telling.find((text) => text !== undefined) ?? jsonText(input);
}

/** Cut before it is made safe, so that no colour sequence is cut in two afterwards; not within a character either. */
function clip(line: string, limit = MAX_LINE): string {
  if (line.length <= limit) return line;
  const end = isHighSurrogate(line.charCodeAt(limit - 1)) ? limit - 1 : limit;
  return `${line.slice(0, end)} … ${line.length - end} characters more`;
}

/** Without a pattern that looks for the spaces before a newline: on a long run of spaces its time grows with their square. */
const oneLine = (text: string, limit = MAX_LINE): string => {
  const lines = text.split('\n').map((line) => line.trim());
  return clip(lines.filter((line) => line !== '').join(' ⏎ '), limit);
};

function shorten(text: string, maxLines: number): string[] {
  const lines = text.trimEnd().split('\n');
  const shown = lines.slice(0, maxLines).map((line) => clip(line));
  return lines.length > maxLines ? [...shown, `… ${lines.length - maxLines} lines more in the log`] : shown;
}
