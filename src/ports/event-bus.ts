import type { Closable } from '../kernel/closing.js';

/**
 * Ticks between parts of the server, and between servers. A tick says that something changed, never what: whoever hears
 * one looks at the truth (the database, the run log). Ticks may be lost or repeated, so listeners also look now and then.
 */
export interface EventBus extends Closable {
  /** Never throws and never waits; delivery is best effort. */
  publish(topic: string): void;
  /** Resolves once ticks published from now on will be heard. The listener must not throw. */
  subscribe(topic: string, listener: () => void): Promise<() => void>;
}

export const topics = {
  /** A run was queued, or a worker has room. */
  queue: 'queue',
  /** A server has let go of runs. */
  abandoned: 'abandoned',
  /** The state or the figures of a run changed, or its cancellation was asked for. */
  run: (runId: string) => `run:${runId}`,
  /** Model calls of an instance were counted. */
  usage: (instanceId: string) => `usage:${instanceId}`,
  /** The log of a run has grown. */
  runLog: (runId: string) => `run-log:${runId}`,
  /** An instance was stopped or deleted, or what it allows its runs' providers to do has changed. */
  instance: (instanceId: string) => `instance:${instanceId}`,
  /** A key of an instance's AI agents was revoked. */
  revokedKeys: (instanceId: string) => `revoked-keys:${instanceId}`,
  /** The limits of an instance's AI agents were changed. */
  limits: (instanceId: string) => `limits:${instanceId}`,
} as const;
