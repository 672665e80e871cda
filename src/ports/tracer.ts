import type { Closable } from '../kernel/closing.js';

/** A span that is over. Attributes hold no prompt, no output, no key; undefined ones are left out. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: 'SERVER' | 'INTERNAL' | 'CLIENT';
  /** Its own place: trace id and span id as in a W3C traceparent. */
  readonly traceparent: string;
  /** 16 hex digits, of the same trace; a trace begins with a span that has none. */
  readonly parentSpanId?: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Why it failed, as a class and not as a text; undefined when it did not. */
  readonly error?: string | undefined;
}

/**
 * Where spans go. They are recorded when they are over, with ids that were known before: so a span may begin on one server
 * and end on another, and be the parent of what others recorded meanwhile.
 */
export interface Tracer extends Closable {
  /** Neither throws nor waits. What cannot be delivered is dropped. */
  record(span: FinishedSpan): void;
}
