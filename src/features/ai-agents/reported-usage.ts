import { z } from 'zod';
import { NO_TOKENS, type TokenFigures } from '../usage/index.js';
import { jsonEvent } from './json-events.js';

/** Where a CLI says in its stream what it used. */
export interface UsageReport {
  /** Stands in every line that says it: other lines are not looked at. */
  readonly mark: string;
  /** Undefined for an event that does not say it, or not in numbers that can be. */
  saidIn(event: object): SaidUsage | undefined;
}

export interface SaidUsage {
  /** A run's stand in place of what was said before, a step's are added; with the last step the run is told of. */
  readonly of: 'run' | 'step' | 'last step';
  readonly tokens: TokenFigures;
}

/** A number of tokens as a CLI writes it, which an agent may have made up. */
export const tokens = z.int().min(0).max(1e12);
/** The same, or nothing for none. */
export const count = tokens.nullish().transform((value) => value ?? 0);

/** So many lines are looked at: an agent that prints more of them has made them up. */
const MAX_LINES = 100_000;
const MAX_TOKENS = 1e15;

/** Reads off a CLI's lines what it used in all, by its own account. */
export class ReportedUsage {
  #sum = NO_TOKENS;
  #total: TokenFigures | undefined;
  #lines = 0;

  constructor(private readonly report: UsageReport) {}

  take(line: string): void {
    if (++this.#lines > MAX_LINES) return;
    const event = jsonEvent(line);
    const said = event && this.report.saidIn(event);
    if (!said) return;
    this.#sum = said.of === 'run' ? said.tokens : plus(this.#sum, said.tokens);
    if (said.of !== 'step') this.#total = this.#sum;
  }

  /** Undefined when the CLI did not come to tell, or told what cannot be. */
  get total(): TokenFigures | undefined {
    if (!this.#total || this.#lines > MAX_LINES) return undefined;
    return Object.values(this.#total).every((figure: number) => figure <= MAX_TOKENS) ? this.#total : undefined;
  }
}

export const plus = (one: TokenFigures, other: TokenFigures): TokenFigures => ({
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
  cacheReadTokens: one.cacheReadTokens + other.cacheReadTokens,
  cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
  reasoningTokens: one.reasoningTokens + other.reasoningTokens,
});

/** Of figures that count the cache among the input, or what was reasoned among the output. */
export function apart(figures: {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoned?: number;
}): TokenFigures {
  const { input, output, cacheRead = 0, cacheWrite = 0, reasoned = 0 } = figures;
  return {
    inputTokens: Math.max(0, input - cacheRead - cacheWrite),
    outputTokens: Math.max(0, output - reasoned),
    ...{ cacheReadTokens: cacheRead, cacheWriteTokens: cacheWrite, reasoningTokens: reasoned },
  };
}
