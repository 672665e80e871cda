import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, mkdir, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasErrno } from '../../kernel/errors.js';
import { lastChange, namesIn } from '../../kernel/files.js';
import { isUuid, type RunId } from '../../kernel/ids.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import { isReserveReached } from './disk-reserve.js';
import { RunLogFence } from './run-log.fence.js';
import { FencedRunLogWriter } from './run-log.writer.js';
import type { RunLogReader, RunLogWriter } from './types.js';

export interface RunLogStoreOptions {
  /** Made when needed, owner-only; outside of everything that is mounted into a container. */
  readonly directory: string;
  readonly bus: EventBus;
  /** Cap of one run's log. */
  readonly maxBytes: number;
  /** Told how many bytes were written, each time. */
  readonly written?: (bytes: number) => void;
}

const EXTENSIONS = ['log', 'masked', 'fence'] as const;

/** The only module that touches the log files. Servers of one engine may share the directory. */
export class RunLogStore implements RunLogReader {
  constructor(private readonly options: RunLogStoreOptions) {}

  path(runId: RunId): string {
    return this.#file(runId, 'log');
  }

  /** Rejects with StaleFence when a higher fence has opened this log before; every lower one is stale from now on. */
  async openWriter(runId: RunId, fence: number): Promise<RunLogWriter> {
    await mkdir(this.options.directory, { recursive: true, mode: 0o700 });
    const taken = await RunLogFence.take(this.#file(runId, 'fence'), fence);
    try {
      const file = await open(this.path(runId), constants.O_RDWR | constants.O_CREAT, 0o600);
      const { size } = await file.stat();
      const announce = (written: number): void => {
        this.options.bus.publish(topics.runLog(runId));
        this.options.written?.(written);
      };
      const { directory, maxBytes } = this.options;
      const isDiskShort = (): Promise<boolean> => isReserveReached(directory);
      return new FencedRunLogWriter({ file, size, fence: taken, maxBytes, isDiskShort, announce });
    } catch (error) {
      await taken.close();
      throw error;
    }
  }

  /** Notes for good that the log does not hold every byte as it was written: secrets were masked. */
  async markMasked(runId: RunId): Promise<void> {
    await (await open(this.#file(runId, 'masked'), 'a', 0o600)).close();
  }

  async isMasked(runId: RunId): Promise<boolean> {
    return access(this.#file(runId, 'masked')).then(
      () => true,
      () => false,
    );
  }

  async size(runId: RunId): Promise<number> {
    try {
      return (await stat(this.path(runId))).size;
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return 0;
      throw error;
    }
  }

  async read(runId: RunId, offset: number, maxBytes: number): Promise<Buffer> {
    try {
      await using file = await open(this.path(runId), 'r');
      const { size } = await file.stat();
      const wanted = Math.min(maxBytes, size - offset);
      if (wanted <= 0) return Buffer.alloc(0);
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, offset);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return Buffer.alloc(0);
      throw error;
    }
  }

  /** Lower-case hex, of what the log holds now; of nothing when there is no log. */
  async sha256(runId: RunId): Promise<string> {
    const hash = createHash('sha256');
    const size = await this.size(runId);
    if (size > 0) await pipeline(createReadStream(this.path(runId), { end: size - 1 }), hash);
    return hash.digest('hex');
  }

  /** Those that anything is there of. */
  async runs(): Promise<RunId[]> {
    const names = (await namesIn(this.options.directory)).map((name) => name.replace(/\.(log|fence|masked)$/, ''));
    return [...new Set(names)].filter(isUuid) as RunId[];
  }

  /** When anything of the run was last changed; undefined when nothing is there. */
  changedAt(runId: RunId): Promise<Date | undefined> {
    return lastChange(EXTENSIONS.map((extension) => this.#file(runId, extension)));
  }

  /** Of a run that has ended. Whoever has its log open for writing is stale then. */
  async remove(runId: RunId): Promise<void> {
    for (const extension of EXTENSIONS) await rm(this.#file(runId, extension), { force: true });
  }

  #file(runId: RunId, extension: string): string {
    if (!isUuid(runId)) throw new TypeError('A run log is named by the UUID of its run.');
    return path.join(this.options.directory, `${runId}.${extension}`);
  }
}
