/** What one run's calls may hold in memory at once, their requests and their answers each. */
const MAX_BYTES_OF_A_RUN = 64 * 1024 * 1024;

/** One call's share. */
export interface MemoryShare {
  /** False when the run has no room for so many bytes more. */
  take(bytes: number): boolean;
  /** All of it unless told. */
  giveBack(bytes?: number): void;
}

/** Bounds the memory that the calls of each run take, however many there are at once. */
export class CallMemory {
  readonly #held = new Map<string, number>();

  /** `owner` is the run, or the call itself when no run makes it. */
  shareOf(owner: string): MemoryShare {
    let share = 0;
    const add = (bytes: number): void => {
      share += bytes;
      const held = (this.#held.get(owner) ?? 0) + bytes;
      if (held > 0) this.#held.set(owner, held);
      else this.#held.delete(owner);
    };
    return {
      take: (bytes) => {
        if ((this.#held.get(owner) ?? 0) + bytes > MAX_BYTES_OF_A_RUN) return false;
        add(bytes);
        return true;
      },
      giveBack: (bytes = share) => add(-bytes),
    };
  }
}
