import type { RunId } from '../../kernel/ids.js';

/** Offsets are byte offsets from the beginning of the run's log. */
export interface RunLogWriter {
  /** Bytes held: the offset of the next append. */
  readonly size: number;
  /**
   * Appends at exactly `offset`; returns the new size. Bytes that the log already holds are skipped, so that a piece sent
   * again does no harm. Throws OffsetConflict when `offset` lies past the end, StaleFence when a later owner has opened
   * the log, LogFull when the run's cap is reached. Once it has settled the caller may use the buffer again.
   */
  append(offset: number, bytes: Buffer): Promise<number>;
  /** Flushes to disk. */
  close(): Promise<void>;
}

export interface RunLogReader {
  /** 0 when nothing was written yet. */
  size(runId: RunId): Promise<number>;
  /** At most `maxBytes` from `offset`; empty at the end. */
  read(runId: RunId, offset: number, maxBytes: number): Promise<Buffer>;
}

export type RunLogEncoding = 'UTF8' | 'BASE64';

export interface RunLogChunk {
  readonly offset: number;
  readonly nextOffset: number;
  readonly data: string;
  readonly encoding: RunLogEncoding;
}
