import { ConnectionLost } from './errors.js';
import { TriagedError } from './triaged-error.js';

export interface ReconnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told before each try but the first. */
  readonly onReconnect?: ((event: ReconnectEvent) => void) | undefined;
  /** Failures in a row after which the last one is thrown; without end unless given. */
  readonly maxFailures?: number | undefined;
  /** Milliseconds; doubled with each failure in a row, up to 10,000. 200 unless given. */
  readonly firstDelayMs?: number | undefined;
}

export interface ReconnectEvent {
  /** Since the last result. */
  readonly failures: number;
  readonly error: Error;
}

const MAX_DELAY_MS = 10_000;
/** Whatever the server asks for. */
const MAX_ASKED_MS = 300_000;
/** What passes by itself. */
const TRANSIENT: readonly string[] = ['RATE_LIMITED', 'SERVICE_UNAVAILABLE'];

/** Gives what `open` gives, and opens it anew when the connection is lost or the server cannot answer for now. */
export async function* reconnecting<T>(
  open: () => AsyncGenerator<T, void>,
  { signal, onReconnect, maxFailures = Number.POSITIVE_INFINITY, firstDelayMs = 200 }: ReconnectOptions,
): AsyncGenerator<T, void> {
  for (let failures = 0; ;) {
    try {
      for await (const result of open()) {
        failures = 0;
        yield result;
      }
      return;
    } catch (error) {
      failures += 1;
      if (signal?.aborted || failures > maxFailures || !isTransient(error)) throw error;
      await pause(delayOf(error, failures, firstDelayMs), signal);
      onReconnect?.({ failures, error });
    }
  }
}

const isTransient = (error: unknown): error is Error =>
  error instanceof ConnectionLost || (error instanceof TriagedError && TRANSIENT.includes(error.code));

/** Spread over half of its length, so that clients of a server that comes back do not come all at once. */
function delayOf(error: Error, failures: number, firstDelayMs: number): number {
  const longest = Math.min(firstDelayMs * 2 ** (failures - 1), MAX_DELAY_MS);
  const asked = error instanceof TriagedError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.min(asked, MAX_ASKED_MS) + longest * (0.5 + Math.random() / 2);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = () => reject(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
}
