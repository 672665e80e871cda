import Docker from 'dockerode';
import { hasErrno, TriagedError } from '../../kernel/errors.js';

/** Milliseconds for a call that does no more than look or change a record. */
export const ENGINE_TIMEOUT_MS = 10_000;

/** The HTTP status of an error that the engine answered with. */
const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;

/** True when the engine answered with one of these HTTP statuses. */
export const hasStatus = (error: unknown, ...statuses: number[]): boolean => statuses.includes(statusOf(error) ?? 0);

const unavailable = (address: string, reason: string, cause?: unknown): TriagedError =>
  new TriagedError(
    'RUNTIME_UNAVAILABLE',
    `The Docker engine at ${address} ${reason}. Start Docker, or point DOCKER_HOST to a running engine.`,
    {},
    { cause },
  );

/** `unix:///path`, `tcp://host:port`, `http(s)://host:port`; undefined is the engine's default socket. */
export function dockerOptions(dockerHost: string | undefined): Docker.DockerOptions {
  // `host: ''` keeps dockerode from mixing in what it reads from the environment itself.
  if (dockerHost === undefined) return { host: '', socketPath: '/var/run/docker.sock' };
  if (dockerHost.startsWith('unix://')) return { host: '', socketPath: dockerHost.slice('unix://'.length) };
  const url = URL.canParse(dockerHost) ? new URL(dockerHost) : undefined;
  if (!url || !['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw new TriagedError(
      'RUNTIME_UNAVAILABLE',
      `DOCKER_HOST must begin with unix://, tcp://, http:// or https://, not "${dockerHost}".`,
    );
  }
  const tls = url.protocol === 'https:' || url.port === '2376';
  return { host: url.hostname, port: url.port || (tls ? '2376' : '2375'), protocol: tls ? 'https' : 'http' };
}

/** A connection to one engine: every call is bounded, and an engine that does not answer is RUNTIME_UNAVAILABLE. */
export class DockerEngine {
  readonly docker: Docker;
  /** For dockerode's only call without a signal: its requests end by an idle timeout instead. */
  readonly #impatient: Docker;
  readonly #address: string;
  readonly #closed = new AbortController();

  constructor(
    dockerHost: string | undefined,
    private readonly timeoutMs = ENGINE_TIMEOUT_MS,
  ) {
    this.docker = new Docker(dockerOptions(dockerHost));
    this.#impatient = new Docker({ ...dockerOptions(dockerHost), timeout: timeoutMs });
    this.#address = dockerHost ?? 'unix:///var/run/docker.sock';
  }

  /**
   * Answers of the engine with an HTTP error reach the caller as they are; see hasStatus. The signal given to `request`
   * aborts at the timeout, at `close`, or with the caller's own.
   */
  async call<T>(
    request: (signal: AbortSignal) => Promise<T>,
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const timeoutMs = options.timeoutMs ?? this.timeoutMs;
    const timer = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([timer, this.#closed.signal, ...(options.signal ? [options.signal] : [])]);
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      // The race is for answers that stop in the middle, of which dockerode never tells.
      return await Promise.race([request(signal), aborted.promise]);
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      if (this.#closed.signal.aborted)
        throw unavailable(this.#address, 'was disconnected, because the server is closing', error);
      if (timer.aborted) throw unavailable(this.#address, `did not answer within ${timeoutMs} ms`, error);
      if (statusOf(error) !== undefined) throw error;
      if (hasErrno(error, 'EACCES', 'EPERM')) {
        throw unavailable(this.#address, 'may not be used by this user (add it to the group "docker")', error);
      }
      throw unavailable(this.#address, 'does not answer', error);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** An answer without an end, until the signal aborts or the engine is closed. It must begin in time. */
  async stream<T>(request: (signal: AbortSignal) => Promise<T>, ended: AbortSignal): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.timeoutMs);
    try {
      return await request(AbortSignal.any([late.signal, ended, this.#closed.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  inspectImage(name: string): Promise<Docker.ImageInspectInfo> {
    return this.call(() => this.#impatient.getImage(name).inspect());
  }

  close(): void {
    this.#closed.abort();
  }
}
