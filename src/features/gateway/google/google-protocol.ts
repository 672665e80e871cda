import { FAILURES, type Failure, type FailureKind } from '../failures.js';
import { alsoHeld } from '../inspection/inspected.js';
import { withoutBody } from '../inspection/index.js';
import { model } from '../inspection/rules.js';
import { callByRules, PAGE, type CallRule, type Protocol } from '../protocol.js';
import { plainReader } from '../usage-reader.js';
import { inspectCount, inspectGenerate } from './generate-request.js';
import { generateUsageReader } from './google-usage.js';

const MODEL = String.raw`\/v1beta\/models\/[A-Za-z0-9._-]+`;
const MODEL_TO_ASK = /\/models\/([^/:]+):/;
/** Not `proto` or `media`, in which nobody could read the usage. */
const ALT = { alt: /^(?:json|sse)$/ };
const RULES: readonly CallRule[] = [
  {
    ...{ method: 'POST', path: new RegExp(`^${MODEL}:(generateContent|streamGenerateContent)$`), query: ALT },
    ...{ isLimited: true, usageReader: generateUsageReader, inspect: inspectGenerate },
  },
  {
    ...{ method: 'POST', path: new RegExp(`^${MODEL}:countTokens$`), query: ALT },
    ...{ isLimited: false, usageReader: plainReader, inspect: inspectCount },
  },
  {
    ...{ method: 'GET', path: new RegExp(`^(\\/v1beta\\/models|${MODEL})$`) },
    ...{ query: { ...ALT, pageSize: PAGE, pageToken: PAGE } },
    ...{ isLimited: false, usageReader: plainReader, inspect: withoutBody },
  },
];

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
  tooManyRefused: 'RESOURCE_EXHAUSTED',
  notCounted: 'UNAVAILABLE',
  unreachable: 'UNAVAILABLE',
  timedOut: 'DEADLINE_EXCEEDED',
};

/** Google Generative Language. */
export const googleProtocol: Protocol = {
  allowedCall(method, url) {
    const call = callByRules(RULES, method, url);
    const name = MODEL_TO_ASK.exec(url.pathname)?.[1];
    return call && name !== undefined ? { ...call, inspect: alsoHeld(model, name, 'model', call.inspect) } : call;
  },
  // A field mask could leave the usage out of the answer, and so could another form of it than JSON.
  allowedHeaders: (headers) =>
    Object.fromEntries([
      ...Object.entries(headers).filter(([name]) => !name.startsWith('x-goog-') || name === 'x-goog-api-client'),
      ['accept', '*/*'],
    ]),
  credentialHeaders: (key) => ({ 'x-goog-api-key': key }),
  errorBody(failure) {
    const { kind, message } = failure;
    const details = detailsOf(failure);
    const error = { code: FAILURES[kind].status, message, status: STATUSES[kind] };
    return { error: details.length === 0 ? error : { ...error, details } };
  },
};

/** What Gemini CLI takes for final: it retries every other 429 ten times, over minutes. */
const QUOTA_SPENT = {
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  ...{ reason: 'QUOTA_EXHAUSTED', domain: 'cloudcode-pa.googleapis.com' },
};

/** Google says here when to come back; its clients read no `retry-after`. */
function detailsOf({ kind, retryAfterSeconds }: Failure): object[] {
  const retryDelay = `${retryAfterSeconds}s`;
  return [
    ...(kind === 'budgetSpent' ? [QUOTA_SPENT] : []),
    ...(retryAfterSeconds === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }]),
  ];
}
