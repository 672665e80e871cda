import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Reads in one go what is asked for in one turn of the event loop, so that a list's fields take one statement and not one for each
 * of its rows. Remembers nothing.
 */
export class GatheredReads<Asked, Found> {
  readonly #gathered = new Map<string, { readonly asked: Asked[]; readonly found: Promise<Found> }>();

  /** `read` is called once for all of a group; a group is of one tenant. */
  constructor(private readonly read: (asked: readonly Asked[]) => Promise<Found>) {}

  /** What was read for the whole group, of which the caller takes its part. */
  ask(group: string, asked: Asked): Promise<Found> {
    const gathered = this.#gathered.get(group);
    if (gathered) {
      gathered.asked.push(asked);
      return gathered.found;
    }
    const all = [asked];
    const found = this.#readAll(group, all);
    this.#gathered.set(group, { asked: all, found });
    return found;
  }

  async #readAll(group: string, asked: readonly Asked[]): Promise<Found> {
    await nextTurn();
    this.#gathered.delete(group);
    return this.read(asked);
  }
}
