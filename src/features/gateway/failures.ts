/** What the gateway may have to answer itself; each protocol gives it a name and a form. */
export const FAILURES = {
  notOffered: { status: 404, message: 'This gateway does not offer this method and path.' },
  wrongKey: { status: 401, message: 'This gateway accepts only the key of the triage run that it serves.' },
  revokedKey: { status: 401, message: 'The key of this triage run was revoked.' },
  tooLarge: { status: 413, message: 'A request may hold at most 32 MiB.' },
  tooMuchAtOnce: {
    status: 429,
    message: 'The requests of this run that are under way hold 64 MiB. Try again when one of them is answered.',
  },
  encoded: { status: 415, message: 'Send this request without content-encoding: the gateway looks into it.' },
  unreachable: { status: 502, message: 'The model provider could not be reached. Try again.' },
  timedOut: { status: 504, message: 'The model provider did not answer in time. Try again.' },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type FailureKind = keyof typeof FAILURES;
export type Failure = (typeof FAILURES)[FailureKind];
