import path from 'node:path';
import { SOCKET_NAME } from '../../../agent-image/triaged-init/protocol.js';
import type { RunId } from '../../kernel/ids.js';
import type {
  ContainerHandle,
  ContainerListener,
  ContainerRuntime,
  ContainerSpec,
  ContainerState,
  RunLayout,
} from '../../ports/container-runtime.js';
import { FakeAgent } from './fake-agent.js';

interface FakeContainer {
  readonly runId: RunId;
  readonly agent: FakeAgent;
  readonly kill: AbortController;
  readonly exited: PromiseWithResolvers<void>;
  state: ContainerState;
}

/**
 * Runs scripted agents in this process, for tests: no processes, no files, the real run channel. A container lives as long
 * as the process does; the script comes from the run's incident.json, see fake-agent.ts.
 */
export class FakeRuntime implements ContainerRuntime {
  readonly kind = 'fake';
  readonly isolated = false;
  readonly #containers = new Map<ContainerHandle, FakeContainer>();
  readonly #watching = new Set<ContainerListener>();

  check(): Promise<void> {
    return Promise.resolve();
  }

  /** Paths that exist nowhere: a fake agent gets its files over the channel and keeps them in memory. */
  layout(runId: RunId, configurationFolder: string): RunLayout {
    const root = `/fake/${runId}`;
    const folders = { workspace: `${root}/workspace`, output: `${root}/output`, home: `${root}/home` };
    const kubeconfig = `${root}/kube/config`;
    return { ...folders, configurationFolder, kubeconfig, runners: `${root}/runners`, path: '/usr/bin:/bin' };
  }

  create(spec: ContainerSpec): Promise<ContainerHandle> {
    const handle = `fake-${spec.runId}`;
    const kill = new AbortController();
    const agent = new FakeAgent(path.join(spec.channelDirectory, SOCKET_NAME), kill.signal);
    const exited = Promise.withResolvers<void>();
    this.#containers.set(handle, { runId: spec.runId, agent, kill, exited, state: { kind: 'created' } });
    return Promise.resolve(handle);
  }

  async start(handle: ContainerHandle): Promise<void> {
    const container = this.#containers.get(handle);
    if (container?.state.kind !== 'created') return;
    container.state = { kind: 'running' };
    this.#tell(container.runId, 'started');
    void container.agent.run().then((exitCode) => {
      container.state = { kind: 'exited', exitCode, outOfMemory: false };
      container.exited.resolve();
      this.#tell(container.runId, 'ended');
    });
  }

  inspect(handle: ContainerHandle): Promise<ContainerState | undefined> {
    return Promise.resolve(this.#containers.get(handle)?.state);
  }

  async wait(handle: ContainerHandle, signal: AbortSignal): Promise<ContainerState | undefined> {
    const container = this.#containers.get(handle);
    if (!container) return undefined;
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([container.exited.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    return this.inspect(handle);
  }

  async stop(handle: ContainerHandle, graceMs: number): Promise<void> {
    const container = this.#containers.get(handle);
    if (container?.state.kind !== 'running') return;
    container.agent.terminate();
    const timer = setTimeout(() => container.kill.abort(), graceMs);
    await container.exited.promise;
    clearTimeout(timer);
  }

  /** One that runs is killed; whoever waits for it is told that it is gone. */
  async remove(handle: ContainerHandle): Promise<void> {
    const container = this.#containers.get(handle);
    this.#containers.delete(handle);
    container?.kill.abort();
    container?.exited.resolve();
    if (container) this.#tell(container.runId, 'removed');
  }

  watch(changed: ContainerListener): () => void {
    this.#watching.add(changed);
    return () => void this.#watching.delete(changed);
  }

  list(): Promise<readonly { readonly runId: RunId; readonly handle: ContainerHandle }[]> {
    return Promise.resolve(Array.from(this.#containers, ([handle, { runId }]) => ({ runId, handle })));
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#containers.keys(), (handle) => this.remove(handle)));
  }

  #tell(...told: Parameters<ContainerListener>): void {
    for (const changed of this.#watching) changed(...told);
  }
}
