import { ConnectionLost, TriagedError, UnexpectedAnswer } from '../../sdk/src/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import { StartUnknown } from './start-once.js';

/** Codes of the API's errors that have an exit code of their own; the others are EXIT.refused. */
const EXIT_BY_CODE: Readonly<Record<string, ExitCode>> = {
  UNAUTHENTICATED: EXIT.keyRefused,
  FORBIDDEN: EXIT.keyRefused,
  NOT_FOUND: EXIT.notFound,
  RATE_LIMITED: EXIT.later,
  QUEUE_FULL: EXIT.later,
  SERVICE_UNAVAILABLE: EXIT.later,
  RUNTIME_UNAVAILABLE: EXIT.later,
  MODEL_PROVIDER_ERROR: EXIT.later,
  INTERNAL: EXIT.failed,
  CREDENTIAL_UNREADABLE: EXIT.failed,
};

/** What a failure means to whoever typed the command: words, and the exit code. */
export function explain(error: unknown): { readonly exitCode: ExitCode; readonly message: string } {
  if (error instanceof CommandFailure) return { exitCode: error.exitCode, message: error.message };
  if (error instanceof TriagedError) {
    const { code, message, retryAfterSeconds } = error;
    const wait = retryAfterSeconds === undefined ? '' : ` Come again in ${retryAfterSeconds} s.`;
    return { exitCode: EXIT_BY_CODE[code] ?? EXIT.refused, message: `${message} (${code})${wait}` };
  }
  if (error instanceof StartUnknown) {
    const again = `Asked again with --idempotency-key ${error.idempotencyKey} it is the same run.`;
    return { exitCode: EXIT.away, message: `${error.message} ${again}` };
  }
  if (error instanceof ConnectionLost || error instanceof UnexpectedAnswer) {
    return { exitCode: EXIT.away, message: error.message };
  }
  return { exitCode: EXIT.failed, message: error instanceof Error ? error.message : String(error) };
}
