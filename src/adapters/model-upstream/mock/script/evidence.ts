import { ASKED } from './cluster-look.js';

export interface Evidence {
  /** Exactly as the agent's log shows it. */
  readonly quote: string;
  readonly source: string;
}

const MAX_PER_SOURCE = 2;
const MAX_QUOTE = 200;
const MIN_QUOTE = 12;
const TELLING =
  /error|exception|fatal|panic|fail|refused|denied|kill|crash|back-?off|exit code|cannot|unable|missing|not found|unhealthy|insufficient/i;
/** What kubectl itself had to complain about says nothing of the incident. */
const OF_KUBECTL = /^(error:|Error from server|Unable to connect|The connection to the server|[EWI]\d{4} )/;
/** Text that stands in a JSON string as it is: a quote must be found again in logs that are lines of JSON. */
const PLAIN = /[ !#-[\]-~]+/g;

const quotesIn = (line: string): string[] =>
  OF_KUBECTL.test(line)
    ? []
    : [...line.matchAll(PLAIN)]
        .map(([text]) => text.trim().slice(0, MAX_QUOTE).trim())
        .filter((text) => text.length >= MIN_QUOTE && TELLING.test(text));

/** Telling pieces of what a command printed; `source` is named for what stands before the first question to the cluster. */
export function evidenceIn(printed: string, source: string): Evidence[] {
  const found = new Map<string, Evidence>();
  const perSource = new Map<string, number>();
  let from = source;
  for (const line of printed.split(/\r?\n/)) {
    if (line.startsWith(ASKED)) {
      from = line.slice('$ '.length);
      continue;
    }
    for (const quote of quotesIn(line)) {
      const count = perSource.get(from) ?? 0;
      if (count >= MAX_PER_SOURCE || found.has(quote)) continue;
      perSource.set(from, count + 1);
      found.set(quote, { quote, source: from });
    }
  }
  return [...found.values()];
}
