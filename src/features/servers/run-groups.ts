import type { RunId } from '../../kernel/ids.js';
import type { ServerStore } from './server.store.js';

const KEPT = 10_000;

/** Which group has a run's files. A run never changes its group once it has one. */
export class RunGroups {
  readonly #known = new Map<RunId, string>();

  constructor(
    private readonly store: Pick<ServerStore, 'groupOf'>,
    private readonly own: string,
  ) {}

  /** Undefined when they are, or will be, in this server's run folder, or nowhere yet. */
  async elsewhere(runId: RunId): Promise<string | undefined> {
    const group = this.#known.get(runId) ?? (await this.#ask(runId));
    return group === this.own ? undefined : group;
  }

  async #ask(runId: RunId): Promise<string | undefined> {
    const group = await this.store.groupOf(runId);
    if (group === undefined) return undefined;
    this.#known.set(runId, group);
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value!);
    return group;
  }
}
