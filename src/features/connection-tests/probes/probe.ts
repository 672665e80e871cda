import type { ModelProvider } from '../../../ports/model-upstream.js';
import type { FailureClass } from '../connection-failure.js';

/** An error as a provider puts it. */
export interface ProviderError {
  readonly message: string;
  /** Its type, code, status and the like: whatever is made for machines. */
  readonly signs: readonly string[];
}

/** The smallest call of one protocol that shows that key and model work, and how its answers are told apart. */
export interface Probe {
  readonly provider: ModelProvider;
  /** Path and query as the provider knows them. */
  path(model: string): string;
  /** Beside the credential. */
  readonly headers: Readonly<Record<string, string>>;
  body(model: string): object;
  /** The model that answered, null when it is not named; undefined when the body is no answer of this protocol. */
  answeredBy(body: unknown): string | null | undefined;
  /** Undefined when the body is no error of this protocol. */
  errorIn(body: unknown): ProviderError | undefined;
  /** What errors mean beyond their HTTP status; the first that fits counts. */
  readonly errorRules: readonly ErrorRule[];
  /** A refusal that only a call past authentication and model can get. */
  readonly isAsGoodAsAnAnswer?: (error: ProviderError) => boolean;
}

/** Fits an error with one of these signs, when there are any, and these words, when there are any. */
export interface ErrorRule {
  readonly means: FailureClass;
  readonly signs?: readonly string[];
  readonly words?: RegExp;
}

const fits = ({ signs, words }: ErrorRule, error: ProviderError): boolean =>
  (signs === undefined || error.signs.some((sign) => signs.includes(sign))) &&
  (words === undefined || words.test(error.message));

export const meaningOf = (rules: readonly ErrorRule[], error: ProviderError): FailureClass | undefined =>
  rules.find((rule) => fits(rule, error))?.means;

export const PROMPT = 'Answer with OK.';
