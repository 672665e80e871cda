import type { IncomingHttpHeaders } from 'node:http';
import type { Failure } from './failures.js';
import type { AllowedFeatures, Inspection } from './inspection/index.js';
import type { UsageReader } from './usage-reader.js';

/** A call that a protocol lets through. */
export interface AllowedCall {
  /** Path and query for the provider; holds no key. */
  readonly path: string;
  /** The reader for an answer with this content type, when the provider did not refuse the call. */
  usageReader(contentType: string): UsageReader;
  /** True for calls that generate something: they are what limits and budgets are for. */
  readonly isLimited: boolean;
  /** Gives the body to send, the same one unless something is missing, or why it is not sent. */
  readonly inspect: Inspection;
}

/** What the gateway knows of one provider's API. */
export interface Protocol {
  /** `url` is what stands below the provider's prefix; undefined for whatever is not on the list. */
  allowedCall(method: string, url: URL): AllowedCall | undefined;
  /** What the agent sends beside the body, without what serves only features that are not allowed. */
  allowedHeaders?(headers: IncomingHttpHeaders, allowed: AllowedFeatures): IncomingHttpHeaders;
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
  readonly inspect: Inspection;
  /** The parameters of the query that pass, with the values that they may have. */
  readonly query?: Readonly<Record<string, RegExp>>;
}

/** The first rule for this method and path. Of its query nothing passes that the rule does not name: it may be a key. */
export function callByRules(rules: readonly CallRule[], method: string, url: URL): AllowedCall | undefined {
  const rule = rules.find((candidate) => candidate.method === method && candidate.path.test(url.pathname));
  if (!rule) return undefined;
  const { usageReader, isLimited, inspect, query = {} } = rule;
  return { path: url.pathname + passedQuery(url, query), usageReader, isLimited, inspect };
}

function passedQuery(url: URL, query: NonNullable<CallRule['query']>): string {
  // Its parameters are not read until they are asked for.
  if (url.search === '') return '';
  const passed = new URLSearchParams([...url.searchParams].filter(([name, value]) => query[name]?.test(value)));
  return passed.size > 0 ? `?${passed.toString()}` : '';
}

/** Of a page of a list. */
export const PAGE = /^[\w.=-]{0,256}$/;
