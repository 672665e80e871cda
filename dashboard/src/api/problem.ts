import type { CombinedError } from 'urql';

/** What went wrong, in words for people. */
export interface Problem {
  /** The API's `error_code`; `UNREACHABLE` when no answer came. */
  readonly code: string;
  /** What happened and, mostly, what to do. */
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Seconds after which it may be tried again. */
  readonly retryAfterSeconds: number | undefined;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

/** One problem for each error, however often it is asked for. */
const problems = new WeakMap<CombinedError, Problem>();

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Of an answer with errors, the first; of none, that the server could not be reached. */
export function problemOf(error: CombinedError): Problem {
  const known = problems.get(error) ?? read(error);
  problems.set(error, known);
  return known;
}

function read(error: CombinedError): Problem {
  const at = Date.now();
  const [first] = error.graphQLErrors;
  if (!first) {
    return {
      code: 'UNREACHABLE',
      message: 'The server could not be reached. It is tried again as soon as it answers.',
      details: {},
      retryAfterSeconds: undefined,
      at,
    };
  }
  const { error_code: code, details } = first.extensions;
  const known = isRecord(details) ? details : {};
  return {
    code: typeof code === 'string' ? code : 'INTERNAL',
    message: first.message,
    details: known,
    retryAfterSeconds: typeof known.retryAfterSeconds === 'number' ? known.retryAfterSeconds : undefined,
    at,
  };
}
