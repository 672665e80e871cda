import {
  NO_TOKENS,
  type BegunModelCall,
  type ModelCall,
  type ModelCallError,
  type TokenFigures,
} from '../usage/index.js';
import { FAILURES, type CountedFailureKind } from './failures.js';
import type { ModelCallJournal } from './types.js';
import { unreportedTokens } from './unreported-tokens.js';
import type { Findings } from './usage-reader.js';

/** What became of a call, beside what its answer said. */
type Ending = Pick<ModelCall, 'status' | 'outcome' | 'error'>;

/** Writes one call down once: the first end that is told counts, whatever is told after it does not. */
export class CallLedger {
  #closed = false;

  /**
   * `ended` is called once with the call as it was written down. `generation` is what is asked of a model; undefined when
   * nothing is generated. `shown` gives what may be kept of a model's name.
   */
  constructor(
    private readonly call: BegunModelCall,
    private readonly journal: ModelCallJournal,
    private readonly ended: (call: ModelCall) => void,
    private readonly generation?: { readonly bodyBytes: number },
    private readonly shown: (model: string) => string = String,
  ) {}

  /** The whole answer is here, of so many decoded bytes; it may still have been an error. */
  answered(status: number, findings: Findings, answerBytes: number): void {
    const error = errorOf(status, findings);
    if (error) this.#close({ status, outcome: 'FAILED', error }, findings);
    else
      this.#close(
        { status, outcome: 'COMPLETED', error: undefined },
        findings,
        saysNothing(findings) ? answerBytes : undefined,
      );
  }

  /** The answer ended before it was whole, after so many decoded bytes. */
  cut(status: number, findings: Findings, by: 'agent' | 'provider', answerBytes: number): void {
    const error = errorOf(status, findings);
    if (error) this.#close({ status, outcome: 'FAILED', error }, findings);
    else
      this.#close({ status, outcome: 'PARTIAL', error: by === 'provider' ? 'CUT' : undefined }, findings, answerBytes);
  }

  /** There was no answer of the provider's. */
  failed(kind: CountedFailureKind): void {
    const { status, error } = FAILURES[kind];
    this.#close({ status, outcome: 'FAILED', error }, undefined, kind === 'timedOut' ? 0 : undefined);
  }

  /** The agent went away before there was an answer. */
  abandoned(): void {
    this.#close({ status: undefined, outcome: 'PARTIAL', error: undefined }, undefined, 0);
  }

  /** `answerBytes` for an answer whose report is missing. */
  #close(ending: Ending, findings?: Findings, answerBytes?: number): void {
    if (this.#closed) return;
    this.#closed = true;
    const tokens = findings?.tokens ?? NO_TOKENS;
    const model = findings?.model === undefined ? undefined : this.shown(findings.model);
    const call: ModelCall = {
      ...{ ...this.call, model, ...ending, ...tokens },
      ...(answerBytes !== undefined && this.generation && { unreportedTokens: this.#unreported(tokens, answerBytes) }),
    };
    this.journal.ended(call);
    this.ended(call);
  }

  #unreported(tokens: TokenFigures, answerBytes: number): number {
    const seconds = Math.max(0, Date.now() - this.call.startedAt.getTime()) / 1000;
    return unreportedTokens({ bodyBytes: this.generation?.bodyBytes ?? 0, answerBytes, seconds, tokens });
  }
}

/** Some providers report no tokens at all, or only when they are asked to. */
const saysNothing = ({ tokens }: Findings): boolean => Object.values(tokens).every((count) => count === 0);

function errorOf(status: number, findings: Findings): ModelCallError | undefined {
  if (status === 401 || status === 403) return 'UNAUTHORIZED';
  if (status === 429) return 'RATE_LIMITED';
  if (status >= 500) return 'PROVIDER_ERROR';
  if (status >= 400) return 'INVALID_REQUEST';
  return findings.failed ? 'PROVIDER_ERROR' : undefined;
}
