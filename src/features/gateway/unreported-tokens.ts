import { NO_TOKENS, type TokenFigures } from '../usage/index.js';

/** What is known of a generation whose provider did not say what it took, or did not come to. */
export interface UnreportedCall {
  /** Of the request. */
  readonly bodyBytes: number;
  /** Of the answer so far, decoded. */
  readonly answerBytes: number;
  readonly seconds: number;
  /** What the provider said until then. */
  readonly tokens: TokenFigures | undefined;
}

// On the dear side of what models take: text and JSON have three bytes and more for each token, an answer's events carry
// names besides, and few models write faster.
const BODY_BYTES_PER_TOKEN = 2;
const ANSWER_BYTES_PER_TOKEN = 4;
/** Models also reason without sending anything. */
const TOKENS_PER_SECOND = 100;

/**
 * Tokens that such a call is taken to have spent beyond those that its provider reported: for budgets, so that neither
 * leaving before the usage comes nor a provider that tells none pays.
 */
export function unreportedTokens({ bodyBytes, answerBytes, seconds, tokens = NO_TOKENS }: UnreportedCall): number {
  const prompt = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
  const written = Math.max(answerBytes / ANSWER_BYTES_PER_TOKEN, seconds * TOKENS_PER_SECOND);
  const input = prompt > 0 ? 0 : bodyBytes / BODY_BYTES_PER_TOKEN;
  return Math.ceil(input + Math.max(0, written - tokens.outputTokens - tokens.reasoningTokens));
}
