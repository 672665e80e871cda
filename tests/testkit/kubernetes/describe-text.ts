/** One `Key: value` of what `kubectl describe` prints, with the lines that are indented below it. */
export interface Section {
  readonly key: string;
  readonly value: string;
  /** Without their common indentation. */
  readonly lines: readonly string[];
}

const indentation = (line: string) => line.length - line.trimStart().length;

function dedent(lines: readonly string[]): string[] {
  const common = Math.min(...lines.filter((line) => line.trim()).map(indentation));
  return lines.map((line) => line.slice(common));
}

/** The sections at the outermost level of the lines. */
export function sectionsOf(lines: readonly string[]): Section[] {
  const sections: { key: string; value: string; lines: string[] }[] = [];
  for (const line of dedent(lines.filter((candidate) => candidate.trim()))) {
    const [, key, value = ''] = /^(\S.*?):(?:\s+(.*))?$/.exec(line) ?? [];
    if (key !== undefined) sections.push({ key, value: value.trim(), lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map((section) => ({ ...section, lines: dedent(section.lines) }));
}

/** Lets the sections be asked for by key; `<none>`, `<unset>` and `<nil>` are nothing. */
export class Sections {
  private readonly byKey: ReadonlyMap<string, Section>;

  constructor(lines: readonly string[]) {
    this.byKey = new Map(sectionsOf(lines).map((section) => [section.key, section]));
  }

  text(key: string): string | undefined {
    const value = this.byKey.get(key)?.value;
    return value && !/^<\w+>$/.test(value) ? value : undefined;
  }

  lines(key: string): readonly string[] {
    return this.byKey.get(key)?.lines ?? [];
  }

  under(key: string): Sections {
    return new Sections(this.lines(key));
  }

  /** `Started: Mon, 27 Jan 2025 07:33:35 +0100` as a timestamp. */
  time(key: string): string | undefined {
    const text = this.text(key);
    return text === undefined ? undefined : timestamp(Date.parse(text));
  }

  /** The value and what continues it below, as with Labels and Tolerations. */
  list(key: string): readonly string[] {
    return [this.text(key), ...this.lines(key).map((line) => line.trim())].filter((item) => item !== undefined);
  }

  /** `a=b` lines as an object. */
  map(key: string): Record<string, string> {
    return Object.fromEntries(this.list(key).map((item) => item.split(/=(.*)/s).slice(0, 2) as [string, string]));
  }

  /** `name: value` lines as an object. */
  fields(key: string): Record<string, string> {
    return Object.fromEntries(sectionsOf(this.lines(key)).map((section) => [section.key, section.value]));
  }
}

/** The rows below a table's rule of dashes, cut at two or more blanks into at most `columns` cells. */
export function rowsOf(lines: readonly string[], columns: number): string[][] {
  const rule = lines.findIndex((line) => /^\s*-{4}/.test(line));
  const rows = rule < 0 ? lines.slice(1) : lines.slice(rule + 1);
  return rows
    .filter((line) => line.trim())
    .map((line) => {
      const cells = line.trim().split(/\s{2,}/);
      return [...cells.slice(0, columns - 1), cells.slice(columns - 1).join('  ')];
    });
}

/** kubectl's short form of a duration (7m39s, 5h43m, 15d) in milliseconds. */
export function parseDuration(text: string): number {
  const unit: Record<string, number> = { y: 31_536_000, d: 86_400, h: 3600, m: 60, s: 1 };
  return [...text.matchAll(/(\d+)([ydhms])/g)].reduce((sum, [, n, u]) => sum + Number(n) * unit[u!]! * 1000, 0);
}

/** RFC 3339 with whole seconds, as Kubernetes writes it. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
