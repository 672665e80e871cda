import { createHash, randomBytes } from 'node:crypto';

/** A place in a trace as W3C Trace Context writes it; all that we make are sampled. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
}

export const traceparentOf = ({ traceId, spanId }: TraceContext): string => `00-${traceId}-${spanId}-01`;

/** A new trace's first span. */
export const newTraceparent = (): string =>
  traceparentOf({ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') });

/** Of what `traceparentOf` gives. */
export function traceContextOf(traceparent: string): TraceContext {
  const [, traceId = '', spanId = ''] = traceparent.split('-');
  return { traceId, spanId };
}

/** The same 16 hex digits for the same words, on every server. */
export const spanIdOf = (words: string): string => createHash('sha256').update(words).digest('hex').slice(0, 16);
