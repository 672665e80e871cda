import type { AiAgent } from '../kernel/ai-agents.js';
import type { Closable } from '../kernel/closing.js';
import type { RunId } from '../kernel/ids.js';

/**
 * What a runtime is told of a run. No secret and no path of a workspace: environment, inputs, output and artifacts all
 * travel over the run channel, whose directory (holding one socket) is the only thing mounted from the server's side.
 */
export interface ContainerSpec {
  readonly runId: RunId;
  readonly aiAgent: AiAgent;
  /** Absolute path of the directory that holds the run channel's socket, on the server's side. */
  readonly channelDirectory: string;
  /** Absolute paths that must be writable, private and in memory, e.g. the AI agent's configuration folder. */
  readonly memoryFolders: readonly string[];
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
}

/** Where a run finds things on the agent's side; absolute paths. */
export interface RunLayout {
  readonly workspace: string;
  readonly output: string;
  readonly home: string;
  /** The private copy of the AI agent's configuration folder: the specified path in a container. */
  readonly configurationFolder: string;
  /** The file that KUBECONFIG names; its folder is in memory when the run has a cluster. */
  readonly kubeconfig: string;
  /** Holds run-agent.sh and the runners. */
  readonly runners: string;
  /** PATH of the agent's process. */
  readonly path: string;
}

export type ContainerState =
  | { readonly kind: 'created' }
  | { readonly kind: 'running' }
  | { readonly kind: 'exited'; readonly exitCode: number; readonly outOfMemory: boolean };

/** Must not throw. */
export type ContainerListener = (runId: RunId, change: 'started' | 'ended' | 'removed') => void;

/** A handle is the runtime's own name for a container; it survives a restart of the server. */
export type ContainerHandle = string;

/**
 * Runs one container for each run. Order: `create`, `start`, `wait`, `remove`; `stop` at any time after `create`.
 * All calls but `create` are idempotent, may run concurrently for different handles, and reject with
 * RUNTIME_UNAVAILABLE when the engine does not answer in time. A handle that is gone is not an error: `inspect` and
 * `wait` answer undefined, `stop` and `remove` resolve. The caller removes what it created; nothing is removed by itself.
 */
export interface ContainerRuntime extends Closable {
  readonly kind: 'docker' | 'local' | 'fake';
  /** True when the agent's processes are kept from this machine's files and network. */
  readonly isolated: boolean;
  /** Rejects with RUNTIME_UNAVAILABLE, saying what to do, when the engine is down or cannot run this AI agent. */
  check(aiAgent: AiAgent): Promise<void>;
  /** `configurationFolder` is the path that the specification names: `{data_root}/{instance}/ai-agents/{folder}`. */
  layout(runId: RunId, configurationFolder: string): RunLayout;
  create(spec: ContainerSpec): Promise<ContainerHandle>;
  start(handle: ContainerHandle): Promise<void>;
  inspect(handle: ContainerHandle): Promise<ContainerState | undefined>;
  /**
   * Resolves when the container has exited, or undefined when it is gone, within about a second whoever ended it, as long as the
   * engine answers; rejects when the signal aborts.
   */
  wait(handle: ContainerHandle, signal: AbortSignal): Promise<ContainerState | undefined>;
  /**
   * Tells of the containers that `list` lists what happens to them, by whoever. Best effort: who listens also looks now and
   * then. Gives the way to stop listening.
   */
  watch(changed: ContainerListener): () => void;
  /** TERM, then KILL after the grace; resolves once it has stopped. */
  stop(handle: ContainerHandle, graceMs: number): Promise<void>;
  remove(handle: ContainerHandle): Promise<void>;
  /**
   * Every container of this server and of those that share its run folder, running or not, by the label or record that
   * `create` gave it; of a run that has two, the one that was started comes first.
   */
  list(): Promise<readonly { readonly runId: RunId; readonly handle: ContainerHandle }[]>;
}
