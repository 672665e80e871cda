import { FAILURES, type FailureKind } from '../failures.js';
import { callByRules, type CallRule, type Protocol } from '../protocol.js';
import { plainReader } from '../usage-reader.js';
import { generateUsageReader } from './google-usage.js';

const MODEL = String.raw`\/v1beta\/models\/[A-Za-z0-9._-]+`;
const RULES: readonly CallRule[] = [
  {
    method: 'POST',
    path: new RegExp(`^${MODEL}:(generateContent|streamGenerateContent)$`),
    isLimited: true,
    usageReader: generateUsageReader,
  },
  { method: 'POST', path: new RegExp(`^${MODEL}:countTokens$`), isLimited: false, usageReader: plainReader },
  { method: 'GET', path: new RegExp(`^(\\/v1beta\\/models|${MODEL})$`), isLimited: false, usageReader: plainReader },
];

/** All that passes of a query: the rest may be a key, a token, or the name of another method. */
const PASSED_PARAMETERS = new Set(['alt', 'pageSize', 'pageToken']);

function passedQuery({ searchParams }: URL): string {
  const passed = new URLSearchParams([...searchParams].filter(([name]) => PASSED_PARAMETERS.has(name)));
  return passed.size > 0 ? `?${passed.toString()}` : '';
}

const STATUSES: Readonly<Record<FailureKind, string>> = {
  notOffered: 'NOT_FOUND',
  wrongKey: 'UNAUTHENTICATED',
  revokedKey: 'UNAUTHENTICATED',
  tooLarge: 'INVALID_ARGUMENT',
  tooMuchAtOnce: 'RESOURCE_EXHAUSTED',
  encoded: 'INVALID_ARGUMENT',
  notAllowed: 'PERMISSION_DENIED',
  limited: 'RESOURCE_EXHAUSTED',
  budgetSpent: 'RESOURCE_EXHAUSTED',
  notCounted: 'UNAVAILABLE',
  unreachable: 'UNAVAILABLE',
  timedOut: 'DEADLINE_EXCEEDED',
};

/** Google Generative Language. */
export const googleProtocol: Protocol = {
  allowedCall: (method, url) => callByRules(RULES, method, { pathname: url.pathname, search: passedQuery(url) }),
  credentialHeaders: (key) => ({ 'x-goog-api-key': key }),
  errorBody({ kind, message }) {
    return { error: { code: FAILURES[kind].status, message, status: STATUSES[kind] } };
  },
};
