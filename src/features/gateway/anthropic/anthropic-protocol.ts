import type { FailureKind } from '../failures.js';
import { callByRules, type CallRule, type Protocol } from '../protocol.js';
import { plainReader } from '../usage-reader.js';
import { messagesUsageReader } from './anthropic-usage.js';

const RULES: readonly CallRule[] = [
  { method: 'POST', path: /^\/v1\/messages$/, isLimited: true, usageReader: messagesUsageReader },
  { method: 'POST', path: /^\/v1\/messages\/count_tokens$/, isLimited: false, usageReader: plainReader },
  { method: 'GET', path: /^\/v1\/models(\/[A-Za-z0-9._:@-]+)?$/, isLimited: false, usageReader: plainReader },
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
  notCounted: 'overloaded_error',
  unreachable: 'api_error',
  timedOut: 'timeout_error',
};

/** Anthropic Messages. Any query passes. */
export const anthropicProtocol: Protocol = {
  allowedCall: (method, url) => callByRules(RULES, method, url),
  credentialHeaders: (key) => ({ 'x-api-key': key }),
  errorBody: ({ kind, message }) => ({ type: 'error', error: { type: TYPES[kind], message } }),
};
