import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SOCKET_NAME } from '../../../agent-image/triaged-init/protocol.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { TriagedError } from '../../kernel/errors.js';
import { isUuid, type RunId } from '../../kernel/ids.js';
import type {
  ContainerHandle,
  ContainerRuntime,
  ContainerSpec,
  ContainerState,
  RunLayout,
} from '../../ports/container-runtime.js';
import { LocalCli } from './local-cli.js';
import { LocalPrivateFolders } from './local-private-folder.js';
import { LocalRunFolder } from './local-run-folder.js';
import { belongsToRun, processesOfRun, RUN_MARKER, signalProcess } from './local-run-processes.js';

export interface LocalRuntimeOptions {
  /** The server's data folder, absolute. */
  readonly dataDirectory: string;
  /** Holds run-agent.sh and the runners, absolute. */
  readonly runnersDirectory: string;
  /** triaged-init's compiled main.js, absolute. */
  readonly initEntry: string;
  /** agent-image/versions.env, absolute. */
  readonly versionsFile: string;
  /** The server's PATH. */
  readonly searchPath: string;
  /** The environment of npm, when it fetches a CLI. */
  readonly npmEnvironment: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** A file system in memory; /dev/shm unless told. */
  readonly memoryDirectory?: string;
}

const LOOK_INTERVAL_MS = 100;
const KILL_TIMEOUT_MS = 10_000;
const KILLED = 128 + 9;

/**
 * The keeper: outlives the server, waits for triaged-init and writes down how it ended. It takes no part in signals,
 * which go to triaged-init itself; when it is killed too, the missing note reads as killed.
 */
const KEEPER = `
umask 077
note() { printf '%s\\n' "$2" > "$1.new" && mv "$1.new" "$1"; }
note keeper "$$"
"$@" < /dev/null > init.log 2>&1 &
note init "$!"
wait "$!"
note exit "$?"
`;

/**
 * The container contract without a container: triaged-init and the agent run as processes of the server's user, with
 * its files and its network. Memory, CPU and process limits are not enforced. For the demo and for development.
 * A handle is the run's id. Linux only: it reads /proc.
 */
export class LocalRuntime implements ContainerRuntime {
  readonly kind = 'local';
  readonly isolated = false;
  readonly #root: string;
  readonly #private: LocalPrivateFolders;
  readonly #cli: LocalCli;
  #warned = false;

  constructor(private readonly options: LocalRuntimeOptions) {
    const { dataDirectory, memoryDirectory = '/dev/shm' } = options;
    this.#root = path.join(dataDirectory, 'local-runs');
    this.#private = new LocalPrivateFolders(dataDirectory, memoryDirectory);
    this.#cli = new LocalCli({ ...options, directory: path.join(dataDirectory, 'cli') });
  }

  async check(aiAgent: AiAgent): Promise<void> {
    if (process.platform !== 'linux') {
      throw new TriagedError('RUNTIME_UNAVAILABLE', 'RUNTIME=local works on Linux only: use RUNTIME=docker.');
    }
    this.#warnOnce();
    await this.#cli.ensure(aiAgent);
  }

  layout(runId: RunId, configurationFolder: string): RunLayout {
    const { workspace, output } = this.#folder(runId);
    const own = this.#private.of(runId);
    const { searchPath, runnersDirectory } = this.options;
    const places = [searchPath, path.dirname(process.execPath), ...this.#cli.binDirectories()];
    return {
      ...{ workspace, output },
      home: path.join(own, 'home'),
      configurationFolder: path.join(own, path.basename(configurationFolder)),
      kubeconfig: path.join(own, 'kube', 'config'),
      runners: runnersDirectory,
      path: places.filter((place) => place !== '').join(path.delimiter),
    };
  }

  async create({ runId, channelDirectory, memoryFolders }: ContainerSpec): Promise<ContainerHandle> {
    this.#warnOnce();
    await this.#private.create(runId, [path.join(this.#private.of(runId), 'home'), ...memoryFolders]);
    await this.#folder(runId).create(path.join(channelDirectory, SOCKET_NAME));
    return runId;
  }

  async start(handle: ContainerHandle): Promise<void> {
    const folder = this.#folder(handle);
    const channel = await folder.channelSocket();
    if (channel === undefined)
      throw new TriagedError('RUNTIME_UNAVAILABLE', `The local run ${handle} was not created.`);
    // A server that died right after a start has left processes before their notes.
    if ((await this.inspect(handle))?.kind !== 'created') return;
    const { home, path: searchPath } = this.layout(folder.runId, '.');
    const keeper = spawn('/bin/sh', ['-c', KEEPER, 'triaged-keeper', process.execPath, this.options.initEntry], {
      cwd: folder.path,
      detached: true,
      stdio: 'ignore',
      // Nothing of the server's own environment, which may hold its secrets.
      env: {
        PATH: searchPath,
        HOME: home,
        // What a killed triaged-init leaves goes with the run.
        TMPDIR: folder.path,
        [RUN_MARKER]: handle,
        TRIAGED_CHANNEL: channel,
        TRIAGED_MODEL_PORT: '0',
      },
    });
    await once(keeper, 'spawn');
    keeper.unref();
  }

  async inspect(handle: ContainerHandle): Promise<ContainerState | undefined> {
    const folder = this.#folder(handle);
    const before = await folder.exitCode();
    if (before !== undefined) return exited(before);
    const keeper = await folder.keeperPid();
    if (keeper !== undefined) {
      if (await belongsToRun(keeper, folder.runId)) return { kind: 'running' };
      // It may have ended between the two looks.
      return exited((await folder.exitCode()) ?? KILLED);
    }
    if ((await processesOfRun(folder.runId)).length > 0) return { kind: 'running' };
    if ((await folder.keeperPid()) !== undefined) return this.inspect(handle);
    return (await folder.channelSocket()) === undefined ? undefined : { kind: 'created' };
  }

  async wait(handle: ContainerHandle, signal: AbortSignal): Promise<ContainerState | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const state = await this.inspect(handle);
      if (state === undefined || state.kind === 'exited') return state;
      await pause(LOOK_INTERVAL_MS, undefined, { signal });
    }
  }

  /** Nobody tells of processes; `wait` looks often. */
  watch(): () => void {
    return () => undefined;
  }

  async stop(handle: ContainerHandle, graceMs: number): Promise<void> {
    const folder = this.#folder(handle);
    const deadline = performance.now() + graceMs;
    let asked = false;
    while (performance.now() < deadline) {
      if ((await this.inspect(handle))?.kind !== 'running') break;
      const init = asked ? undefined : await folder.initPid();
      if (init !== undefined && (await belongsToRun(init, folder.runId))) {
        signalProcess(init, 'SIGTERM');
        asked = true;
      }
      await pause(LOOK_INTERVAL_MS);
    }
    await this.#kill(folder.runId);
  }

  async remove(handle: ContainerHandle): Promise<void> {
    const folder = this.#folder(handle);
    await this.#kill(folder.runId);
    await this.#private.remove(folder.runId);
    await folder.remove();
  }

  async list(): Promise<readonly { readonly runId: RunId; readonly handle: ContainerHandle }[]> {
    return (await LocalRunFolder.list(this.#root)).map((runId) => ({ runId, handle: runId }));
  }

  /** Runs go on: a server that starts anew finds them. */
  async close(): Promise<void> {
    await this.#cli.close();
    await this.#private.removeRootIfEmpty();
  }

  #folder(handle: ContainerHandle): LocalRunFolder {
    if (!isUuid(handle)) throw new Error(`${handle} is no handle of the local runtime`);
    return new LocalRunFolder(this.#root, handle as RunId);
  }

  /** Ends every process that the run has left; looks again, because they may fork meanwhile. */
  async #kill(runId: RunId): Promise<void> {
    const deadline = performance.now() + KILL_TIMEOUT_MS;
    for (let pids = await processesOfRun(runId); pids.length > 0; pids = await processesOfRun(runId)) {
      if (performance.now() > deadline) {
        throw new TriagedError(
          'RUNTIME_UNAVAILABLE',
          `Processes of the local run ${runId} do not end: ${pids.join(', ')}.`,
        );
      }
      for (const pid of pids) signalProcess(pid, 'SIGKILL');
      await pause(20);
    }
  }

  #warnOnce(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.options.logger.warn(
      { privateFolders: this.#private.root, inMemory: this.#private.inMemory },
      'RUNTIME=local does not isolate: agents run as the user of this server, with its files and network, and no limit of memory is enforced' +
        (this.#private.inMemory ? '' : '; there is no file system in memory, so their homes are on disk'),
    );
  }
}

const exited = (exitCode: number): ContainerState => ({ kind: 'exited', exitCode, outOfMemory: false });
