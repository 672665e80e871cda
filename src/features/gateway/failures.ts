import type { ModelCallError } from '../usage/index.js';

/**
 * What the gateway may have to answer itself; each protocol gives it a name and a form. `error` is the class that it counts
 * under; one without is not the provider's answer to a call, and not counted as one.
 */
export const FAILURES = {
  notOffered: { status: 404, message: 'This gateway does not offer this method and path.' },
  wrongKey: { status: 401, message: 'This gateway accepts only the key of the triage run that it serves.' },
  revokedKey: { status: 401, message: 'The key of this triage run was revoked.' },
  tooLarge: { status: 413, message: 'A request may hold at most 32 MiB.', error: 'REFUSED' },
  tooMuchAtOnce: {
    status: 429,
    message: 'The requests of this run that are under way hold 64 MiB. Try again when one of them is answered.',
    error: 'REFUSED',
  },
  encoded: {
    status: 415,
    message: 'Send this request without content-encoding: the gateway looks into it.',
    error: 'REFUSED',
  },
  notAllowed: { status: 403, message: 'This gateway does not pass on what this request asks for.', error: 'REFUSED' },
  tooManyRefused: {
    status: 429,
    message: 'Too many requests of this run were refused: for the rest of the minute all of them are.',
  },
  limited: { status: 429, message: "A limit of this instance's AI agent is reached." },
  budgetSpent: { status: 429, message: "A budget of this instance's AI agent is spent." },
  notCounted: { status: 503, message: 'Model calls cannot be limited or counted at the moment. Try again shortly.' },
  unreachable: { status: 502, message: 'The model provider could not be reached. Try again.', error: 'UNREACHABLE' },
  timedOut: { status: 504, message: 'The model provider did not answer in time. Try again.', error: 'TIMEOUT' },
} as const satisfies Record<
  string,
  { readonly status: number; readonly message: string; readonly error?: ModelCallError }
>;

export type FailureKind = keyof typeof FAILURES;

/** The kinds that end a call which counts. */
export type CountedFailureKind = {
  [Kind in FailureKind]: (typeof FAILURES)[Kind] extends { readonly error: ModelCallError } ? Kind : never;
}[FailureKind];

/** A failure as it is to be answered; `message` says more than the kind's own. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly retryAfterSeconds?: number;
  /** What went wrong in the gateway itself; for its log alone. */
  readonly cause?: unknown;
}

/** A failure that counts as a call of the instance's. */
export type CountedFailure = Failure & { readonly kind: CountedFailureKind };

export const failureOf = <Kind extends FailureKind>(
  kind: Kind,
  message: string = FAILURES[kind].message,
): Failure & { readonly kind: Kind } => ({ kind, message });
