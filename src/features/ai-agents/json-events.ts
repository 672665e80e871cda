/** The JSON objects among the lines of a CLI's output, in order; other lines, and one that was cut, are left out. */
export function jsonEvents(text: string): object[] {
  return text.split('\n').flatMap((line) => jsonEvent(line) ?? []);
}

/** The JSON object that a line of output is, if it is one. */
export function jsonEvent(line: string): object | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}
