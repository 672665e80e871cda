import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** What a client may know beyond code and message; never a secret, never a stack. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error that a client is meant to read: its message says what is wrong and what to do. */
export class TriagedError extends Error {
  override readonly name = 'TriagedError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get httpStatus(): number {
    return ERROR_CODES[this.code].status;
  }
}

/** Input that broke a rule; `path` names the field as the client wrote it, e.g. `input.prompt`. */
export const badUserInput = (path: string, message: string, details: ErrorDetails = {}): TriagedError =>
  new TriagedError('BAD_USER_INPUT', message, { path, ...details });

export const notFound = (what: string, id: string): TriagedError =>
  new TriagedError('NOT_FOUND', `There is no ${what} with id ${id}.`, { id });

/** For another tenant's object: the id exists, and that is all the caller learns. */
export const forbidden = (what: string, id: string): TriagedError =>
  new TriagedError('FORBIDDEN', `The ${what} ${id} belongs to another tenant.`, { id });

/**
 * True for errors of Node's system calls with one of the given codes, e.g. `hasErrno(error, 'ENOENT')`. It does not ask
 * for `instanceof Error`, which is false for Node's own errors inside Jest's contexts.
 */
export const hasErrno = (error: unknown, ...codes: string[]): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  codes.includes(error.code);
