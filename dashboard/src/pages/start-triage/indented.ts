const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
/** What is nested deeper is indented no further: the text would grow with the square of its depth. */
const MAX_DEPTH = 32;

/** Well-formed JSON on lines of its own, indented. Its tokens stay as they are: no digit is lost, and no second key. */
export function indented(json: string): string {
  const tokens = json.match(TOKEN) ?? [];
  let depth = 0;
  const line = (): string => `\n${'  '.repeat(Math.min(depth, MAX_DEPTH))}`;
  const parts = tokens.map((token, index) => {
    if (token === '{' || token === '[') {
      const isEmpty = /[\]}]/.test(tokens[index + 1]![0]!);
      depth += 1;
      return isEmpty ? token : token + line();
    }
    if (token === '}' || token === ']') {
      const isEmpty = /[[{]/.test(tokens[index - 1]![0]!);
      depth -= 1;
      return isEmpty ? token : line() + token;
    }
    if (token === ',') return token + line();
    return token === ':' ? ': ' : token;
  });
  return parts.join('');
}
