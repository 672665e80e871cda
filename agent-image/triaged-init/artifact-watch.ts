import { areOverLimit } from './artifact-list.js';
import { say } from './diagnostics.js';
import type { Bootstrap } from './protocol.js';

const LOOK_MS = 5000;

/** Looks now and then whether what lies in the run's folders still fits among its artifacts. */
export class ArtifactWatch {
  readonly #folders: readonly string[];
  readonly #maxBytes: number;
  readonly #onOverLimit: () => void;
  #timer: NodeJS.Timeout;
  #isOverLimit = false;

  constructor({ output, workspace, maxArtifactBytes }: Bootstrap, onOverLimit: () => void) {
    this.#folders = [output, workspace];
    this.#maxBytes = maxArtifactBytes;
    this.#onOverLimit = onOverLimit;
    this.#timer = this.#lookLater();
  }

  get isOverLimit(): boolean {
    return this.#isOverLimit;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    // A folder that changes under the look is looked at again.
    this.#isOverLimit = await areOverLimit(this.#folders, this.#maxBytes).catch(() => false);
    if (!this.#isOverLimit) {
      this.#timer = this.#lookLater();
      return;
    }
    say('workspace and output hold more than may be kept; ending the agent');
    this.#onOverLimit();
  }
}
