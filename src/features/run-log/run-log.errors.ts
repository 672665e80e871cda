/** The offset lies past the end: bytes in between are missing. `expected` is the log's true size. */
export class OffsetConflict extends Error {
  override readonly name = 'OffsetConflict';
  constructor(readonly expected: number) {
    super(`The run log holds ${expected} bytes; the next append must start there or before.`);
  }
}

/** A later owner has opened the log, or it was removed: this writer may not append any more. */
export class StaleFence extends Error {
  override readonly name = 'StaleFence';
  constructor(readonly fence: number) {
    super(`The run log has a later owner than fence ${fence}.`);
  }
}

/** The log takes no more bytes: its cap is reached or the disk is full. What fitted was written. */
export class LogFull extends Error {
  override readonly name = 'LogFull';
  constructor(
    readonly size: number,
    options?: ErrorOptions,
  ) {
    super(`The run log is full at ${size} bytes.`, options);
  }
}
