import { stat } from 'node:fs/promises';
import type { Closable } from '../../kernel/closing.js';

/** Names the file's present content without reading it; changes also when another file takes its name or its link moves. */
async function signatureOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Calls `load` when the file has changed, one call at a time. It looks at the file instead of being told of events, which
 * get lost on network mounts, on files mounted alone and when a config map moves its links. A `load` that fails is tried
 * again at the next look, because a writer may be half way; `onBroken` hears a failure that stays, once for each content.
 */
export class FileWatch implements Closable {
  readonly #timer: NodeJS.Timeout;
  #loaded: string | undefined;
  #failed: string | undefined;
  #reported: string | undefined;
  #looking: Promise<void> | undefined;

  constructor(
    private readonly options: {
      readonly file: string;
      readonly everyMs: number;
      readonly load: () => Promise<void>;
      readonly onBroken: (error: unknown) => void;
    },
  ) {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    }, options.everyMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { file, load, onBroken } = this.options;
    // Taken before the file is read: what changes meanwhile is seen at the next look.
    const signature = await signatureOf(file);
    if (signature === this.#loaded) return;
    try {
      await load();
      this.#loaded = signature;
      this.#failed = undefined;
      this.#reported = undefined;
    } catch (error) {
      if (this.#failed === signature && this.#reported !== signature) {
        this.#reported = signature;
        onBroken(error);
      }
      this.#failed = signature;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
