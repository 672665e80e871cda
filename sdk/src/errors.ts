import { ERROR_CLASSES, ERROR_STATUS, type ErrorCode } from './generated/error-classes.js';
import { TriagedError } from './triaged-error.js';

/** No answer came, or the connection broke: worth another try. `cause` is what fetch or the socket said. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Something answered that is no triaged server, or a proxy before it: look at the URL. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';

  constructor(
    message: string,
    /** HTTP status, if there was one. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** An error as GraphQL answers have it. */
export interface WireError {
  readonly message?: unknown;
  readonly path?: unknown;
  readonly extensions?: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CLASSES, code);

/** Of what the API said; `status` and `retryAfterSeconds` are those of the HTTP answer, when there is one. */
export function triagedError(
  { message, path, extensions }: WireError,
  answer: { readonly status?: number; readonly retryAfterSeconds?: number | undefined } = {},
): TriagedError {
  const { error_code: named, code: plain, details } = isObject(extensions) ? extensions : {};
  const given = named ?? plain;
  const code = typeof given === 'string' ? given : 'UNKNOWN';
  const wait = isObject(details) ? details.retryAfterSeconds : undefined;
  const parts = {
    code,
    message: typeof message === 'string' ? message : 'The server gave an error without a message.',
    details: isObject(details) ? details : undefined,
    path: Array.isArray(path) ? (path as (string | number)[]) : undefined,
    retryAfterSeconds: typeof wait === 'number' ? wait : answer.retryAfterSeconds,
  };
  if (!isKnown(code)) return new TriagedError({ ...parts, status: answer.status ?? 500 });
  return new ERROR_CLASSES[code]({ ...parts, status: ERROR_STATUS[code] });
}
