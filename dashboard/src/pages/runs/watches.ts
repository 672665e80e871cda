/** One watch for each id. Those that are wanted still stay open: each that is opened costs quota. */
export class Watches {
  readonly #open = new Map<string, () => void>();

  /** @param watch Begins to watch and returns how to end it. */
  constructor(private readonly watch: (id: string) => () => void) {}

  /** Ends those of other ids, and begins those that are missing. */
  keepTo(ids: readonly string[]): void {
    for (const id of [...this.#open.keys()]) if (!ids.includes(id)) this.end(id);
    for (const id of ids) if (!this.#open.has(id)) this.#open.set(id, this.watch(id));
  }

  /** It is begun anew when it is wanted the next time. */
  end(id: string): void {
    this.#open.get(id)?.();
    this.#open.delete(id);
  }
}
