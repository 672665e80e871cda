import { createHash } from 'node:crypto';

/**
 * A command that writes `text` to the file that `target` names (an expression of the shell, trusted). The text stands in
 * a quoted here-document, in which the shell expands nothing, under a delimiter that is no line of it.
 */
export function writeFileCommand(target: string, text: string): string {
  const body = text.replaceAll('\0', '').replace(/\n?$/, '\n');
  const lines = new Set(body.split('\n'));
  let delimiter = 'END_OF_REPORT';
  while (lines.has(delimiter)) delimiter = `END_${createHash('sha256').update(delimiter).digest('hex').slice(0, 16)}`;
  return `cat > ${target} <<'${delimiter}'\n${body}${delimiter}`;
}

/** Prints the telling lines of the incident; where jq is missing, grep takes the pairs out of the text. */
export const EXTRACT_COMMAND = `if command -v jq >/dev/null 2>&1; then
  jq -r 'paths(scalars) as $p | "\\($p | map(tostring) | join(".")) = \\(getpath($p))"' "$WORKSPACE/incident.json" |
    grep -aEi 'title|reason|message|description|state|status|namespace|name|kind|type|exit|restart' | head -n 40
else
  grep -aEo '"[A-Za-z_]*"[[:space:]]*:[[:space:]]*("([^"\\\\]|\\\\.)*"|[0-9]+)' "$WORKSPACE/incident.json" |
    grep -aEi '"(title|reason|message|description|state|status|namespace|name|kind|exit|restart)' | head -n 40
fi`;
