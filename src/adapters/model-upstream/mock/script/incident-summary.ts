/** What the mock makes out of an incident: plain look-ups, no understanding. Every text is one line without control characters. */
export interface IncidentSummary {
  readonly title: string;
  readonly subject: string;
  /** The object's kind and name as the incident has them. */
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly message: string | undefined;
}

const MAX_VALUES = 5000;
const MAX_TEXT = 240;

/** One line that is safe to print: no control or direction characters, no broken surrogates, no backquote, of bounded length. */
export function plainLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll('`', "'")
    .trim();
  const characters = Array.from(line.slice(0, 2 * MAX_TEXT));
  return characters.length > MAX_TEXT ? `${characters.slice(0, MAX_TEXT).join('')}…` : line;
}

/** Every text or number in a JSON value with its path, outermost first. */
function leavesOf(value: unknown): { readonly path: string; readonly text: string }[] {
  const leaves: { path: string; text: string }[] = [];
  const queue: { path: string; value: unknown }[] = [{ path: '', value }];
  for (let i = 0; i < queue.length && i < MAX_VALUES; i++) {
    const { path, value: next } = queue[i]!;
    if (typeof next === 'string' || typeof next === 'number') leaves.push({ path, text: String(next) });
    else if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next))
        queue.push({ path: `${path}.${key.toLowerCase()}`, value: inner });
    }
  }
  return leaves;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

export function summarizeIncident(incident: string): IncidentSummary {
  const leaves = leavesOf(parse(incident));
  const find = (...endings: string[]): string | undefined => {
    for (const ending of endings) {
      const text = leaves.find(({ path, text }) => path.endsWith(ending) && text.trim() !== '')?.text;
      if (text !== undefined) return plainLine(text);
    }
    return undefined;
  };
  const name = find('.subject.name', '.involvedobject.name', '.pod', '.podname', '.job_name', '.deployment', '.name');
  const kind = find('.subject.subject_type', '.subject.kind', '.involvedobject.kind', '.kind');
  return {
    title: find('.title', '.alertname', '.summary', '.reason') ?? 'an incident without a title',
    ...{ kind, name },
    subject: [kind, name].filter((text) => text !== undefined).join(' ') || 'an unnamed object',
    namespace: find('.namespace'),
    message: find('.message', '.description', '.annotations.summary', '.details'),
  };
}
