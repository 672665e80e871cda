/** What the gateway lets through of Anthropic's API, and how it speaks when it answers itself. */
export interface AllowedCall {
  /** Path and query for the provider. */
  readonly path: string;
  /** True when the answer reports tokens. */
  readonly generates: boolean;
}

const PREFIX = '/anthropic/';
const ALLOWED: readonly { readonly method: string; readonly path: RegExp; readonly generates: boolean }[] = [
  { method: 'POST', path: /^\/v1\/messages$/, generates: true },
  { method: 'POST', path: /^\/v1\/messages\/count_tokens$/, generates: false },
  { method: 'GET', path: /^\/v1\/models$/, generates: false },
  { method: 'GET', path: /^\/v1\/models\/[A-Za-z0-9._:@-]+$/, generates: false },
];

/** `url` is the path after `/model`; undefined for whatever is not on the list. Any query passes. */
export function allowedCall(method: string, url: string): AllowedCall | undefined {
  if (!url.startsWith(PREFIX)) return undefined;
  const parsed = URL.parse(url.slice(PREFIX.length - 1), 'http://gateway.invalid');
  if (parsed?.host !== 'gateway.invalid') return undefined;
  const rule = ALLOWED.find((candidate) => candidate.method === method && candidate.path.test(parsed.pathname));
  return rule && { path: parsed.pathname + parsed.search, generates: rule.generates };
}

/** The gateway's own failures, as Anthropic names and numbers its own. */
export const ANTHROPIC_FAILURES = {
  notOffered: { status: 404, type: 'not_found_error', message: 'This gateway does not offer this method and path.' },
  wrongKey: {
    status: 401,
    type: 'authentication_error',
    message: 'This gateway accepts only the key of the triage run that it serves.',
  },
  tooLarge: { status: 413, type: 'request_too_large', message: 'A request may hold at most 32 MiB.' },
  unreachable: { status: 502, type: 'api_error', message: 'The model provider could not be reached. Try again.' },
  timedOut: { status: 504, type: 'timeout_error', message: 'The model provider did not answer in time. Try again.' },
} as const;

export type AnthropicFailure = (typeof ANTHROPIC_FAILURES)[keyof typeof ANTHROPIC_FAILURES];

export const anthropicErrorBody = ({ type, message }: AnthropicFailure): string =>
  JSON.stringify({ type: 'error', error: { type, message } });
