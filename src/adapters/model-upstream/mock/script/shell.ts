export interface WrittenFile {
  /** Where to, an expression of the shell; trusted. */
  readonly target: string;
  readonly text: string;
}

/** What a command prints that wrote all its files. */
export const WRITTEN = 'Both reports are written.';

/** The text as one word of a shell, in which nothing is expanded. NUL, which no argument can hold, is left out. */
export const quoted = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", String.raw`'\''`)}'`;

/**
 * A command that writes files and says so. Quotes, not a here-document: Gemini CLI refuses commands with backquotes in
 * the latter.
 */
export const writeFilesCommand = (files: readonly WrittenFile[]): string =>
  [...files.map(({ target, text }) => `printf '%s' ${quoted(text)} > ${target}`), `echo ${quoted(WRITTEN)}`].join(
    ' &&\n',
  );

/** Prints the telling lines of the incident; where jq is missing, grep takes the pairs out of the text. */
export const EXTRACT_COMMAND = `if command -v jq >/dev/null 2>&1; then
  jq -r 'paths(scalars) as $p | "\\($p | map(tostring) | join(".")) = \\(getpath($p))"' "$WORKSPACE/incident.json" |
    grep -aEi 'title|reason|message|description|state|status|namespace|name|kind|type|exit|restart' | head -n 40
else
  grep -aEo '"[A-Za-z_]*"[[:space:]]*:[[:space:]]*("([^"\\\\]|\\\\.)*"|[0-9]+)' "$WORKSPACE/incident.json" |
    grep -aEi '"(title|reason|message|description|state|status|namespace|name|kind|exit|restart)' | head -n 40
fi`;
