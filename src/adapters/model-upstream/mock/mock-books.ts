import type { ModelProvider, ModelRequest } from '../../../ports/model-upstream.js';
import { NO_TOKENS, type TokenFigures } from '../../../kernel/token-figures.js';

/**
 * What became of the calls of one model and path. Each call that was received is, at the end, in exactly one of the others;
 * until then it is in none.
 */
export interface MockBookLine extends TokenFigures {
  readonly provider: ModelProvider;
  /** Without its query. */
  readonly path: string;
  /** Empty where the request named none. */
  readonly model: string;
  readonly received: number;
  /** Answered well, to the last byte. */
  readonly answered: number;
  /** Answered with an error, to the last byte, by HTTP status. */
  readonly failed: Readonly<Record<string, number>>;
  /** Ended by the mock before the answer was whole. */
  readonly cut: number;
  /** Ended before the answer was whole, because the caller went away. */
  readonly abandoned: number;
}

type Line = { -readonly [Field in keyof MockBookLine]: MockBookLine[Field] } & { failed: Record<string, number> };

/** One call; the first end that it is told counts. */
export interface BookedCall {
  /** `tokens` are what the answer said. */
  answered(status: number, tokens: TokenFigures | undefined): void;
  cut(): void;
  abandoned(): void;
}

/** Calls of names beyond so many are booked together, so that the names that callers choose cannot fill the memory. */
const MAX_LINES = 1000;
const OTHER = '*';
const FIGURES = Object.keys(NO_TOKENS) as (keyof TokenFigures)[];

/** The mock's own account of the calls that it got, to hold a gateway's against. */
export class MockBooks {
  readonly #lines = new Map<string, Line>();

  get lines(): readonly MockBookLine[] {
    return Array.from(this.#lines.values(), (line) => ({ ...line, failed: { ...line.failed } }));
  }

  received({ provider, path }: Pick<ModelRequest, 'provider' | 'path'>, model = ''): BookedCall {
    const line = this.#lineOf(provider, path.split('?')[0]!, model);
    line.received += 1;
    let open = true;
    const once = (end: () => void): void => {
      if (open) end();
      open = false;
    };
    return {
      answered: (status, tokens) => once(() => addAnswer(line, status, tokens)),
      cut: () => once(() => (line.cut += 1)),
      abandoned: () => once(() => (line.abandoned += 1)),
    };
  }

  #lineOf(provider: ModelProvider, path: string, model: string): Line {
    const key = JSON.stringify([provider, path, model]);
    const known = this.#lines.get(key);
    if (known) return known;
    if (this.#lines.size >= MAX_LINES && path !== OTHER) return this.#lineOf(provider, OTHER, OTHER);
    const counts = { received: 0, answered: 0, failed: {}, cut: 0, abandoned: 0 };
    const line: Line = { provider, path, model, ...counts, ...NO_TOKENS };
    this.#lines.set(key, line);
    return line;
  }
}

function addAnswer(line: Line, status: number, tokens: TokenFigures | undefined): void {
  if (status >= 400) {
    line.failed[status] = (line.failed[status] ?? 0) + 1;
    return;
  }
  line.answered += 1;
  for (const figure of FIGURES) line[figure] += tokens?.[figure] ?? 0;
}
