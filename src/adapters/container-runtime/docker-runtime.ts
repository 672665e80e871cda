import type { ImageInspectInfo } from 'dockerode';
import type { Logger } from 'pino';
import { AI_AGENTS, type AiAgent } from '../../kernel/ai-agents.js';
import { TriagedError } from '../../kernel/errors.js';
import type { RunId } from '../../kernel/ids.js';
import type {
  ContainerHandle,
  ContainerListener,
  ContainerRuntime,
  ContainerSpec,
  ContainerState,
  RunLayout,
} from '../../ports/container-runtime.js';
import { containerOptions, GROUP_LABEL, RUN_LABEL } from './docker-container-options.js';
import { DockerEngine, ENGINE_TIMEOUT_MS, hasStatus } from './docker-engine.js';
import { DockerEvents } from './docker-events.js';
import { dockerLayout } from './docker-layout.js';

/** An image's label: the CLIs that it holds, parted by commas. */
const AGENTS_LABEL = 'triaged.agents';
const CHECK_CACHE_MS = 2_000;
/** How long a wait bears with an engine that is away. */
const WAIT_PATIENCE_MS = 30_000;

export interface DockerRuntimeOptions {
  /** As in DOCKER_HOST; the engine's default socket when absent. */
  readonly dockerHost?: string | undefined;
  readonly image: string;
  /** Tells the containers of this server, and of those that share its run folder, from others' on the same engine. */
  readonly runGroup: string;
  readonly logger: Logger;
  /** Milliseconds for one call of the engine. */
  readonly engineTimeoutMs?: number;
}

/** Runs each agent in a hardened container of a Docker engine. */
export class DockerRuntime implements ContainerRuntime {
  readonly kind = 'docker';
  readonly isolated = true;
  readonly #engine: DockerEngine;
  readonly #events: DockerEvents;
  readonly #image: string;
  readonly #runGroup: string;
  readonly #logger: Logger;
  readonly #timeoutMs: number;
  #check: { readonly until: number; readonly result: Promise<readonly string[] | undefined> } | undefined;

  constructor(options: DockerRuntimeOptions) {
    this.#timeoutMs = options.engineTimeoutMs ?? ENGINE_TIMEOUT_MS;
    this.#engine = new DockerEngine(options.dockerHost, this.#timeoutMs);
    this.#image = options.image;
    this.#runGroup = options.runGroup;
    this.#logger = options.logger;
    const label = `${GROUP_LABEL}=${this.#runGroup}`;
    this.#events = new DockerEvents({ engine: this.#engine, label, logger: this.#logger });
  }

  /** The answer holds for 2 s, so that a burst of runs asks the engine once. */
  async check(aiAgent: AiAgent): Promise<void> {
    if (!this.#check || this.#check.until < Date.now()) {
      const result = this.#guardImage(this.#engine.inspectImage(this.#image)).then(agentsInImage);
      this.#check = { until: Date.now() + CHECK_CACHE_MS, result };
    }
    const held = await this.#check.result;
    if (!held || held.includes(AI_AGENTS[aiAgent].cli)) return;
    throw new TriagedError(
      'RUNTIME_UNAVAILABLE',
      `The image ${this.#image} does not hold ${aiAgent}. Build it with all AI agents, or name another in AGENT_IMAGE.`,
    );
  }

  layout(_runId: RunId, configurationFolder: string): RunLayout {
    return dockerLayout(configurationFolder);
  }

  async create(spec: ContainerSpec): Promise<ContainerHandle> {
    const options = containerOptions(spec, this.#image, this.#runGroup);
    const creating = this.#engine.call(
      (abortSignal) => this.#engine.docker.createContainer({ ...options, abortSignal }),
      {
        timeoutMs: 3 * this.#timeoutMs,
      },
    );
    return (await this.#guardImage(creating)).id;
  }

  async start(handle: ContainerHandle): Promise<void> {
    const container = this.#engine.docker.getContainer(handle);
    // 304: it has been started.
    await this.#ignoring([304], (abortSignal) => container.start({ abortSignal }), 3 * this.#timeoutMs);
  }

  async inspect(handle: ContainerHandle): Promise<ContainerState | undefined> {
    const container = this.#engine.docker.getContainer(handle);
    const found = await this.#ignoring([404], (abortSignal) => container.inspect({ abortSignal }));
    if (!found) return undefined;
    const { Status, Running, ExitCode, OOMKilled } = found.State;
    if (Running) return { kind: 'running' };
    // Being removed, by whoever: gone as far as a run is concerned.
    if (Status === 'removing' || Status === 'dead') return undefined;
    if (Status === 'created') return { kind: 'created' };
    return { kind: 'exited', exitCode: ExitCode, outOfMemory: OOMKilled };
  }

  async wait(handle: ContainerHandle, signal: AbortSignal): Promise<ContainerState | undefined> {
    const ticks = this.#events.of(handle);
    let lastAnswer = Date.now();
    try {
      for (;;) {
        signal.throwIfAborted();
        try {
          const state = await this.inspect(handle);
          lastAnswer = Date.now();
          if (!state || state.kind === 'exited') return state;
        } catch (error) {
          signal.throwIfAborted();
          if (Date.now() - lastAnswer > WAIT_PATIENCE_MS) throw error;
          this.#logger.warn({ handle, err: error }, 'The engine is away while a container is waited for');
        }
        await ticks.next(signal);
      }
    } finally {
      ticks.close();
    }
  }

  watch(changed: ContainerListener): () => void {
    return this.#events.listen(changed);
  }

  async stop(handle: ContainerHandle, graceMs: number): Promise<void> {
    const container = this.#engine.docker.getContainer(handle);
    // The engine counts in whole seconds; 304: it has ended. 409: it was never started.
    const seconds = Math.ceil(graceMs / 1000);
    await this.#ignoring(
      [304, 404, 409],
      (abortSignal) => container.stop({ t: seconds, abortSignal }),
      seconds * 1000 + 2 * this.#timeoutMs,
    );
  }

  async remove(handle: ContainerHandle): Promise<void> {
    const container = this.#engine.docker.getContainer(handle);
    // 409: its removal is under way.
    await this.#ignoring(
      [404, 409],
      (abortSignal) => container.remove({ force: true, v: true, abortSignal }),
      3 * this.#timeoutMs,
    );
  }

  async list(): Promise<readonly { readonly runId: RunId; readonly handle: ContainerHandle }[]> {
    const filters = { label: [`${GROUP_LABEL}=${this.#runGroup}`, RUN_LABEL] };
    const found = await this.#engine.call((abortSignal) =>
      this.#engine.docker.listContainers({ all: true, filters, abortSignal }),
    );
    // One that a server made at the moment of its death, and another one's that has started: the second one counts.
    found.sort((one, other) => Number(one.State === 'created') - Number(other.State === 'created'));
    return found.map(({ Id, Labels }) => ({ runId: Labels[RUN_LABEL] as RunId, handle: Id }));
  }

  async close(): Promise<void> {
    await this.#events.close();
    this.#engine.close();
  }

  /** Undefined when the engine answered with one of these statuses. */
  async #ignoring<T>(
    statuses: number[],
    request: (signal: AbortSignal) => Promise<T>,
    timeoutMs = this.#timeoutMs,
  ): Promise<T | undefined> {
    try {
      return await this.#engine.call(request, { timeoutMs });
    } catch (error) {
      if (hasStatus(error, ...statuses)) return undefined;
      throw error;
    }
  }

  async #guardImage<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      const message = `The engine has no image ${this.#image}. Build it with "npm run image", or name another in AGENT_IMAGE.`;
      throw new TriagedError('RUNTIME_UNAVAILABLE', message, {}, { cause: error });
    }
  }
}

/** Undefined when the image does not say. The engine's Labels are null when there are none. */
const agentsInImage = ({ Config: { Labels } }: ImageInspectInfo): readonly string[] | undefined =>
  (Labels as Readonly<Record<string, string>> | null)?.[AGENTS_LABEL]?.split(',');
