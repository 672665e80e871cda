import { parsedJson } from '../../kernel/json.js';

/** The JSON objects among the lines of a CLI's output, in order; other lines, and one that was cut, are left out. */
export function jsonEvents(text: string): object[] {
  return text.split('\n').flatMap((line) => jsonEvent(line) ?? []);
}

/** The JSON object that a line of output is, if it is one. */
export function jsonEvent(line: string): object | undefined {
  return line.trimStart().startsWith('{') ? (parsedJson(line) as object | undefined) : undefined;
}
