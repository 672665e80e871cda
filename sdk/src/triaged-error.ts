/** What an error is made of. */
export interface TriagedErrorParts {
  readonly code: string;
  readonly message: string;
  /** HTTP status; of an error in an answer that had data too, what the code alone would have. */
  readonly status: number;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Where in the answer the field stands that failed. */
  readonly path?: readonly (string | number)[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * An answer of the API that says no. Each code has a subclass, e.g. NotFoundError for `NOT_FOUND`; a code that this
 * version does not know comes as a plain TriagedError. Its message is the server's, which may quote what users wrote:
 * show it as text alone.
 */
export class TriagedError extends Error {
  override readonly name: string = 'TriagedError';
  readonly code: string;
  /** The HTTP status that the code has. */
  readonly status: number;
  /** What the code's description names, e.g. `path` of BAD_USER_INPUT. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly path: readonly (string | number)[] | undefined;
  /** When to come again, if the server said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor({ code, message, status, details = {}, path, retryAfterSeconds }: TriagedErrorParts) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
    this.path = path;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
