import type { CountedFailure, Failure } from './failures.js';
import type { UsageReader } from './usage-reader.js';

/** A call that a protocol lets through. */
export interface AllowedCall {
  /** Path and query for the provider; holds no key. */
  readonly path: string;
  /** The reader for an answer with this content type, when the provider did not refuse the call. */
  usageReader(contentType: string): UsageReader;
  /** True for calls that generate something: they are what limits and budgets are for. */
  readonly isLimited: boolean;
  /**
   * Present when the gateway must see what is asked: gives the body to send, the same one unless something is missing, or
   * why it is not sent.
   */
  prepare?(body: Buffer): Buffer | CountedFailure;
}

/** What the gateway knows of one provider's API. */
export interface Protocol {
  /** `url` is what stands below the provider's prefix; undefined for whatever is not on the list. */
  allowedCall(method: string, url: URL): AllowedCall | undefined;
  /** How the provider wants its key. */
  credentialHeaders(key: string): Readonly<Record<string, string>>;
  /** The gateway's own failure, as the provider would put it. */
  errorBody(failure: Failure): object;
}

/** One line of a protocol's list. */
export interface CallRule {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly isLimited: boolean;
  readonly usageReader: AllowedCall['usageReader'];
  readonly prepare?: NonNullable<AllowedCall['prepare']>;
}

/** The first rule for this method and path; its call keeps the query unless another is given. */
export function callByRules(
  rules: readonly CallRule[],
  method: string,
  { pathname, search }: Pick<URL, 'pathname' | 'search'>,
): AllowedCall | undefined {
  const rule = rules.find((candidate) => candidate.method === method && candidate.path.test(pathname));
  if (!rule) return undefined;
  const { usageReader, isLimited, prepare } = rule;
  return { path: pathname + search, usageReader, isLimited, ...(prepare ? { prepare } : {}) };
}
