import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { failpoint } from '../../kernel/failpoints.js';
import type { ContainerHandle, ContainerRuntime, ContainerState } from '../../ports/container-runtime.js';

const RETRY_MS = 1_000;

export interface RunContainerDependencies {
  readonly runtime: ContainerRuntime;
  readonly logger: Logger;
  /** Ends every wait and every repetition; the container stays as it is. */
  readonly letGo: AbortSignal;
}

/** One run's container, followed through times in which the engine does not answer. */
export class RunContainer {
  constructor(
    private readonly deps: RunContainerDependencies,
    readonly handle: ContainerHandle,
  ) {}

  inspect(): Promise<ContainerState | undefined> {
    return this.deps.runtime.inspect(this.handle);
  }

  start(): Promise<void> {
    failpoint('run-created');
    return this.deps.runtime.start(this.handle);
  }

  /** Resolves at its end, with undefined when it is gone; rejects when it was let go. */
  async exited(): Promise<ContainerState | undefined> {
    const { runtime, logger, letGo } = this.deps;
    for (;;) {
      try {
        return await runtime.wait(this.handle, letGo);
      } catch (error) {
        letGo.throwIfAborted();
        logger.warn({ err: error }, 'the engine does not tell whether a container runs');
        await delay(RETRY_MS, undefined, { signal: letGo });
      }
    }
  }

  /** TERM, grace, KILL; repeated until the engine has done it. */
  async stop(graceMs: number): Promise<void> {
    const { runtime, logger, letGo } = this.deps;
    while (!letGo.aborted) {
      try {
        await runtime.stop(this.handle, graceMs);
        return;
      } catch (error) {
        logger.warn({ err: error }, 'the engine does not stop a container yet');
        await delay(RETRY_MS, undefined, { signal: letGo }).catch(() => undefined);
      }
    }
  }

  remove(): Promise<void> {
    return this.deps.runtime.remove(this.handle);
  }
}
