import { setTimeout as pause } from 'node:timers/promises';
import type { MockFault } from './mock-fault.js';

/** In milliseconds. */
export interface MockTiming {
  /** Between two pieces of an answer, so that a person can follow it. */
  readonly pieceIntervalMs: number;
  /** The same when `mock-slow` is asked for. */
  readonly slowPieceIntervalMs: number;
  /** How long `mock-late` says nothing. */
  readonly lateMs: number;
}

/** Ends an answer that was to be cut. */
export class MockCut extends Error {
  constructor() {
    super('the mock upstream cut its answer, as it was asked to');
  }
}

const SLOW_PIECES = 4;

/** Rejects when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw signal.reason;
}

/** An answer's bytes as a fault would have them, each piece when it is due; throws when the signal aborts. */
export async function* paced(
  pieces: readonly string[],
  fault: MockFault | undefined,
  timing: MockTiming,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const intervalMs = fault === 'slow' ? timing.slowPieceIntervalMs : timing.pieceIntervalMs;
  const parts = partsFor(fault, pieces);
  for (const [index, part] of parts.entries()) {
    if (index > 0) await pause(intervalMs, undefined, { signal });
    yield part;
  }
  if (fault === 'stall') await aborted(signal);
  if (fault === 'cut') {
    // What was sent has to be on its way: who ends a connection may take back what still waits.
    await pause(Math.max(intervalMs, 20), undefined, { signal });
    throw new MockCut();
  }
}

function partsFor(fault: MockFault | undefined, pieces: readonly string[]): Buffer[] {
  const parts = pieces.map((piece) => Buffer.from(piece));
  if (fault === 'slow' && parts.length < SLOW_PIECES) return inParts(Buffer.concat(parts), SLOW_PIECES);
  return fault === 'cut' || fault === 'stall' ? firstHalf(parts) : parts;
}

function firstHalf(parts: readonly Buffer[]): Buffer[] {
  let left = Math.ceil(parts.reduce((sum, { length }) => sum + length, 0) / 2);
  const half: Buffer[] = [];
  for (const part of parts) {
    if (left <= 0) break;
    half.push(part.subarray(0, left));
    left -= part.length;
  }
  return half;
}

function inParts(whole: Buffer, count: number): Buffer[] {
  const size = Math.ceil(whole.length / count);
  return Array.from({ length: count }, (_, index) => whole.subarray(index * size, (index + 1) * size));
}
