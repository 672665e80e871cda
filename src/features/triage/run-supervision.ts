import type { Logger } from 'pino';
import type { ExitReport } from '../../../agent-image/triaged-init/protocol.js';
import { failpoint } from '../../kernel/failpoints.js';
import type { ContainerHandle, ContainerRuntime, ContainerState } from '../../ports/container-runtime.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import type { ArtifactStore } from '../artifacts/index.js';
import type { RunEgress } from '../egress/index.js';
import type { Gateway } from '../gateway/index.js';
import type { RunSpending } from '../limits/index.js';
import type { RunChannel, RunChannelServer } from '../run-channel/index.js';
import { StaleFence } from '../run-log/index.js';
import type { RunLogStore, RunLogWriter } from '../run-log/index.js';
import type { UsageMeter } from '../usage/index.js';
import { AgentWatch } from './agent-watch.js';
import { KeptRefusal } from './kept-refusal.js';
import { maskedRunLog } from './masked-run-log.js';
import { GRACE_SECONDS } from './run-briefing.js';
import type { RunBriefing } from './run-briefing.js';
import { RunContainer } from './run-container.js';
import type { RunNetworks } from './run-networks.js';
import { persist } from './persist.js';
import { runChannelHandlers } from './run-channel-handlers.js';
import { RunAccess } from './run-access.js';
import { concludeRun } from './run-conclusion.js';
import { tellObservers } from './run-observer.js';
import type { RunObserver } from './run-observer.js';
import type { RunStore } from './run.store.js';
import { LOST, verdictOfError } from './run-verdict.js';
import type { RunVerdict, StopReason } from './run-verdict.js';
import { Timers } from './timers.js';
import type { TriageRunEntity } from './triage-run.entity.js';
import { watchedLog } from './watched-log.js';

export interface RunSupervisionDependencies {
  readonly store: RunStore;
  readonly runtime: ContainerRuntime;
  readonly channels: RunChannelServer;
  readonly logs: RunLogStore;
  readonly artifacts: ArtifactStore;
  readonly briefing: RunBriefing;
  readonly gateway: Pick<Gateway, 'handle' | 'refuse' | 'refuseUnread'>;
  readonly networks: RunNetworks;
  readonly meter: Pick<UsageMeter, 'flush' | 'takeOver'>;
  readonly spending: Pick<RunSpending, 'take' | 'left' | 'forget' | 'refusalOf'>;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly cpus: number;
  readonly pids: number;
  readonly observers?: readonly RunObserver[];
  /** How long an agent may be silent; 0: for ever. */
  readonly silenceSeconds: number;
}

/** From the container's start to `started` over its channel. */
const START_DEADLINE_MS = 60_000;
/** From the exit report to the container's end; then it is stopped, and at last given up. */
const EXIT_MS = 10_000;
const GIVE_UP_MS = 30_000;
const LAST_GRACE_MS = 1_000;
const GRACE_MS = GRACE_SECONDS * 1_000;
/** What a container may take that is stopped because its agent had finished: it still sends the artifacts. */
const FINISHED_GRACE_MS = GRACE_MS + 60_000;

/**
 * One owner's care for one run, from its claim to its recorded end. It ends in exactly one of two ways: the end is recorded
 * and container and channel are removed; or the run was let go, nothing more is written, and the container stays.
 */
export class RunSupervision {
  readonly #letGo = new AbortController();
  readonly #concluded = Promise.withResolvers<undefined>();
  readonly #timers = new Timers();
  readonly #egress: RunEgress;
  #log: RunLogWriter | undefined;
  #channel: RunChannel | undefined;
  #access: RunAccess | undefined;
  #container: RunContainer | undefined;
  #refusal: KeptRefusal | undefined;
  #stopped: StopReason | undefined;
  #exit: ExitReport | undefined;
  #lastState: ContainerState | undefined;
  #agent: AgentWatch | undefined;
  #finalWords: string | undefined;
  #started: boolean;
  #isOver = false;

  constructor(
    private readonly deps: RunSupervisionDependencies,
    readonly run: TriageRunEntity,
  ) {
    this.#egress = deps.networks.of(run);
    this.#started = run.startedAt !== null;
    this.#exit = run.exitReport ?? undefined;
  }

  /** Returns when the run was ended or let go; never throws. `found` is the run's container, if there is one already. */
  async supervise(found: ContainerHandle | undefined): Promise<void> {
    const logger = this.deps.logger.child({ runId: this.run.id });
    let ended = false;
    try {
      const decided = await this.#conduct(found).catch((error: unknown) => this.#verdictOfError(error, logger));
      if (!this.#letGo.signal.aborted) ended = await this.#record(decided, logger);
    } catch (error) {
      if (!this.#letGo.signal.aborted)
        logger.error({ err: error }, 'a run could not be ended; it will be taken up again');
    } finally {
      await this.#tidy(ended, logger);
    }
  }

  /** Nothing more is written and nothing stopped: another owner has the run, or will have. */
  letGo(): void {
    this.#letGo.abort(new Error('the run was let go'));
  }

  /** TERM, grace, KILL; the first reason stands. */
  stop(reason: StopReason): void {
    if (this.#exit || this.#stopped) return;
    this.#stopped = reason;
    void this.#container?.stop(reason === 'finished' ? FINISHED_GRACE_MS : GRACE_MS);
  }

  /** Sees the container to its end; gives a verdict when there was none to see. */
  async #conduct(found: ContainerHandle | undefined): Promise<RunVerdict | undefined> {
    const { run, deps } = this;
    this.#log = watchedLog(await deps.logs.openWriter(run.id, run.fence), {
      grown: () => this.#agent?.grown(),
      full: () => this.stop('log-full'),
      stale: () => this.letGo(),
    });
    this.#refusal = KeptRefusal.watch(deps, run, () => this.stop('budget'));
    if (this.#exit) deps.spending.left(run.id);
    const absent = found === undefined && !this.#exit;
    if (absent && this.#started) return LOST;
    if (run.cancelRequestedAt) this.#stopped = 'cancel';
    else if (run.credentialRevokedAt) this.#stopped = 'revoked';
    if (found !== undefined || (absent && !this.#stopped)) {
      // Without the secrets nothing can be masked, so nothing is written.
      const secrets = await this.#persist(() => deps.briefing.secrets(run));
      const access = await RunAccess.watch(deps.bus, deps.briefing, run);
      this.#access = access;
      this.#channel = await deps.channels.open({
        runId: run.id,
        log: maskedRunLog(deps.logs, run.id, this.#log, secrets),
        channelTokens: deps.briefing.channelTokens(run.id),
        handlers: runChannelHandlers({ ...deps, run, access, owner: this.#owner, egress: this.#egress }),
      });
      const handle = found ?? (await this.#create(this.#channel.directory));
      const { runtime, logger } = deps;
      this.#container = new RunContainer({ runtime, logger, letGo: this.#letGo.signal }, handle);
      this.#lastState = await this.#watch(this.#container, found === undefined);
    }
    return undefined;
  }

  async #create(channelDirectory: string): Promise<ContainerHandle> {
    const { run, deps } = this;
    const { id: runId, aiAgent, memoryBytes } = run;
    const memoryFolders = deps.briefing.memoryFolders(run);
    const limits = { memoryBytes, cpus: deps.cpus, pids: deps.pids };
    failpoint('run-claimed');
    const handle = await deps.runtime.create({ runId, aiAgent, channelDirectory, memoryFolders, ...limits });
    // Before it starts: a stale owner's container must never run.
    if (await this.#persist(() => deps.store.isHeld(run))) return handle;
    this.letGo();
    await deps.runtime.remove(handle);
    throw this.#letGo.signal.reason;
  }

  /** Starts it if need be and waits for its end; undefined when it is gone. */
  async #watch(container: RunContainer, isNew: boolean): Promise<ContainerState | undefined> {
    // Once started it may say so at any moment, also before the engine has answered: then that has seen to the rest.
    const hadStarted = this.#started;
    const state = await this.#stateBefore(container, isNew);
    if (state?.kind === 'created') {
      if (this.#stopped) return state;
      await container.start();
    }
    // Also what was asked for while it was not started yet, when there was nothing to stop.
    if (this.#stopped) void container.stop(GRACE_MS);
    if (this.#exit) this.#expectExit();
    else if (hadStarted) this.#watchAgent();
    else this.#timers.after(START_DEADLINE_MS, () => this.#concludeUnlessStarted());
    return Promise.race([container.exited(), this.#concluded.promise]);
  }

  async #stateBefore(container: RunContainer, isNew: boolean): Promise<ContainerState | undefined> {
    if (isNew) return { kind: 'created' };
    // An agent that works is not ended because the engine is away for a moment.
    return this.#started ? undefined : container.inspect();
  }

  #verdictOfError(error: unknown, logger: Logger): RunVerdict {
    if (error instanceof StaleFence) this.letGo();
    if (this.#letGo.signal.aborted) throw error;
    logger.error({ err: error }, 'a run could not be carried out');
    return verdictOfError(error);
  }

  /** False when another owner has the run. */
  async #record(decided: RunVerdict | undefined, logger: Logger): Promise<boolean> {
    const { run, deps } = this;
    await this.#channel?.close();
    await this.#log?.close();
    const seen = { exit: this.#exit, container: this.#lastState, stopped: this.#stopped };
    const watched = { run, ...seen, finalWords: this.#finalWords, decided };
    const conclusion = await concludeRun({ ...deps, logger }, watched, (statement) => this.#persist(statement));
    const ending = { ...conclusion, network: this.#egress.record };
    const times = await this.#persist(() => deps.store.end(run, ending));
    if (times) {
      logger.info({ state: ending.state, reason: ending.reason?.code }, 'a run has ended');
      tellObservers(deps, (observer) => observer.ended(run, { ...ending, ...times }));
    }
    deps.bus.publish(topics.run(run.id));
    return times !== undefined;
  }

  /** What cannot be removed now is an orphan, which the supervisor removes later. */
  async #tidy(ended: boolean, logger: Logger): Promise<void> {
    this.#isOver = true;
    this.#timers.close();
    this.#agent?.close();
    this.#access?.close();
    try {
      await this.#channel?.close({ remove: ended });
      await Promise.all([this.#egress.close(), this.#refusal?.close()]);
      await this.#log?.close();
      if (ended) await this.#container?.remove();
    } catch (error) {
      logger.warn({ err: error }, 'a container could not be removed yet');
    } finally {
      this.deps.spending.forget(this.run.id);
    }
  }

  /** The owner keeps its run while the database is away. */
  #persist<T>(write: () => Promise<T>): Promise<T> {
    return persist(write, this.#letGo.signal);
  }

  readonly #owner = {
    hasStarted: (): boolean => this.#started,
    started: (): void => {
      if (this.#started) return;
      this.#started = true;
      this.#watchAgent();
    },
    /** The agent has ended; its container is still busy. */
    left: (): void => {
      this.#agent?.left();
      this.deps.spending.left(this.run.id);
    },
    asks: (): (() => void) => this.#agent?.asks() ?? (() => undefined),
    reported: (report: ExitReport): void => {
      if (this.#exit) return;
      this.#exit = report;
      this.#expectExit();
    },
    lost: (): void => this.letGo(),
  };

  /** From the agent's start on, or from when a started one was taken over. */
  #watchAgent(): void {
    // Until the channel is closed, what is under way on it may still say that the agent has started.
    if (this.#isOver) return;
    const { run, deps } = this;
    const { store, logs, silenceSeconds, runtime } = deps;
    const owner = {
      deadline: () => this.stop('deadline'),
      silent: () => this.stop('silent'),
      finished: (tail: string) => {
        this.#finalWords = tail;
        this.stop('finished');
      },
    };
    this.#agent = new AgentWatch({ run, store, logs, silenceSeconds, playsCli: runtime.kind !== 'fake', owner });
  }

  #expectExit(): void {
    this.#agent?.left();
    this.#timers.after(EXIT_MS, () => void this.#container?.stop(LAST_GRACE_MS));
    this.#timers.after(GIVE_UP_MS, () => this.#concluded.resolve(undefined));
  }

  /** Ends a container that never spoke; its verdict is that of one without a report. */
  #concludeUnlessStarted(): void {
    if (this.#started) return;
    this.deps.logger.error({ runId: this.run.id }, 'a container did not speak over its run channel');
    void this.#container?.stop(LAST_GRACE_MS);
  }
}
