import type { FailureKind } from '../failures.js';
import { withoutBody } from '../inspection/index.js';
import { callByRules, PAGE, type CallRule, type Protocol } from '../protocol.js';
import { plainReader } from '../usage-reader.js';
import { inspectCompletion } from './chat-request.js';
import { chatUsageReader } from './chat-usage.js';
import { inspectResponse } from './responses-request.js';
import { responsesUsageReader } from './responses-usage.js';

const RULES: readonly CallRule[] = [
  {
    ...{ method: 'POST', path: /^\/v1\/responses$/, isLimited: true },
    ...{ usageReader: responsesUsageReader, inspect: inspectResponse },
  },
  {
    ...{ method: 'POST', path: /^\/v1\/chat\/completions$/, isLimited: true },
    ...{ usageReader: chatUsageReader, inspect: inspectCompletion },
  },
  {
    ...{ method: 'GET', path: /^\/v1\/models(\/[A-Za-z0-9._:@-]+)?$/, isLimited: false },
    ...{ query: { client_version: PAGE, limit: PAGE, after: PAGE } },
    ...{ usageReader: plainReader, inspect: withoutBody },
  },
];

const CODES: Readonly<Record<FailureKind, readonly [type: string, code: string]>> = {
  notOffered: ['invalid_request_error', 'unknown_url'],
  wrongKey: ['invalid_request_error', 'invalid_api_key'],
  revokedKey: ['invalid_request_error', 'invalid_api_key'],
  tooLarge: ['invalid_request_error', 'request_too_large'],
  tooMuchAtOnce: ['requests', 'rate_limit_exceeded'],
  encoded: ['invalid_request_error', 'unsupported_content_encoding'],
  notAllowed: ['invalid_request_error', 'unsupported_parameter'],
  limited: ['requests', 'rate_limit_exceeded'],
  budgetSpent: ['insufficient_quota', 'insufficient_quota'],
  tooManyRefused: ['requests', 'rate_limit_exceeded'],
  notCounted: ['server_error', 'service_unavailable'],
  unreachable: ['server_error', 'server_error'],
  timedOut: ['server_error', 'timeout'],
};

/** OpenAI Responses and Chat Completions. */
export const openaiProtocol: Protocol = {
  allowedCall: (method, url) => callByRules(RULES, method, url),
  credentialHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  errorBody({ kind, message }) {
    const [type, code] = CODES[kind];
    return { error: { message, type, param: null, code } };
  },
};
