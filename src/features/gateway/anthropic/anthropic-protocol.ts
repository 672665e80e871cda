import type { FailureKind } from '../failures.js';
import { withoutBody } from '../inspection/index.js';
import { callByRules, PAGE, type CallRule, type Protocol } from '../protocol.js';
import { plainReader } from '../usage-reader.js';
import { messagesUsageReader } from './anthropic-usage.js';
import { allowedBetas } from './beta-header.js';
import { inspectMessages } from './messages-request.js';

const BETA = { beta: /^true$/ };
const RULES: readonly CallRule[] = [
  {
    ...{ method: 'POST', path: /^\/v1\/messages$/, query: BETA, isLimited: true },
    ...{ usageReader: messagesUsageReader, inspect: inspectMessages },
  },
  {
    ...{ method: 'POST', path: /^\/v1\/messages\/count_tokens$/, query: BETA, isLimited: false },
    ...{ usageReader: plainReader, inspect: inspectMessages },
  },
  {
    ...{ method: 'GET', path: /^\/v1\/models(\/[A-Za-z0-9._:@-]+)?$/, isLimited: false },
    ...{ query: { ...BETA, limit: PAGE, before_id: PAGE, after_id: PAGE } },
    ...{ usageReader: plainReader, inspect: withoutBody },
  },
];

const TYPES: Readonly<Record<FailureKind, string>> = {
  notOffered: 'not_found_error',
  wrongKey: 'authentication_error',
  revokedKey: 'authentication_error',
  tooLarge: 'request_too_large',
  tooMuchAtOnce: 'rate_limit_error',
  encoded: 'invalid_request_error',
  notAllowed: 'permission_error',
  limited: 'rate_limit_error',
  budgetSpent: 'rate_limit_error',
  tooManyRefused: 'rate_limit_error',
  notCounted: 'overloaded_error',
  unreachable: 'api_error',
  timedOut: 'timeout_error',
};

/** Anthropic Messages. */
export const anthropicProtocol: Protocol = {
  allowedCall: (method, url) => callByRules(RULES, method, url),
  allowedHeaders({ 'anthropic-beta': betas, ...headers }, allowed) {
    const kept = allowedBetas([betas ?? []].flat().join(), allowed);
    return kept === '' ? headers : { ...headers, 'anthropic-beta': kept };
  },
  credentialHeaders: (key) => ({ 'x-api-key': key }),
  errorBody: ({ kind, message }) => ({ type: 'error', error: { type: TYPES[kind], message } }),
};
