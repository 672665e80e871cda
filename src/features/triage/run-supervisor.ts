import type { Closable } from '../../kernel/closing.js';
import { Loop } from '../../kernel/loop.js';
import type { RunId } from '../../kernel/ids.js';
import type { ContainerHandle, ContainerRuntime } from '../../ports/container-runtime.js';
import { topics } from '../../ports/event-bus.js';
import { ForsakenRuns } from './forsaken-runs.js';
import { tellObservers } from './run-observer.js';
import { RunSupervision } from './run-supervision.js';
import type { RunSupervisionDependencies } from './run-supervision.js';
import type { TriageRunEntity } from './triage-run.entity.js';

export interface RunSupervisorDependencies extends RunSupervisionDependencies {
  readonly maxConcurrentRuns: number;
}

interface HeldRun {
  readonly supervision: RunSupervision;
  readonly done: Promise<void>;
}

const CLAIM_MS = 1_000;
/** A third of the lease. */
const RENEW_MS = 5_000;
const RECONCILE_MS = 5_000;

/**
 * Carries out triage runs: claims what is queued while there is room, renews the leases of what it holds, takes up what an
 * earlier or another server left, and removes containers that no open run accounts for and channels of ended runs: every 5 s, and when a container
 * starts that is no held run's.
 */
export class RunSupervisor implements Closable {
  readonly #held = new Map<RunId, HeldRun>();
  readonly #loops: { readonly claim: Loop; readonly renew: Loop; readonly reconcile: Loop };
  readonly #forsaken: ForsakenRuns;
  readonly #unsubscribe: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(private readonly deps: RunSupervisorDependencies) {
    this.#forsaken = new ForsakenRuns(deps.store);
    const loop = (name: string, everyMs: number, work: () => Promise<void>): Loop =>
      new Loop({
        everyMs,
        work,
        onError: (error) => deps.logger.warn({ err: error }, `run supervisor: ${name} failed`),
      });
    this.#loops = {
      claim: loop('claim', CLAIM_MS, () => this.#claim()),
      renew: loop('renew', RENEW_MS, () => this.#renew()),
      reconcile: loop('reconcile', RECONCILE_MS, () => this.#reconcile()),
    };
  }

  /** Takes up what was left before it claims anything new. */
  async start(): Promise<void> {
    const { bus, runtime, logger } = this.deps;
    try {
      await this.#reconcile();
    } catch (error) {
      logger.warn({ err: error }, 'run supervisor: what was left could not be looked at yet');
    }
    this.#unsubscribe.push(await bus.subscribe(topics.queue, () => this.#loops.claim.wake()));
    this.#unsubscribe.push(await bus.subscribe(topics.abandoned, () => this.#loops.reconcile.wake()));
    this.#unsubscribe.push(
      runtime.watch((runId, change) => {
        if (change === 'started' && !this.#held.has(runId)) this.#loops.reconcile.wake();
      }),
    );
    for (const loop of Object.values(this.#loops)) loop.start();
  }

  /** Takes up no more runs; cares for those it holds until it is closed. */
  drain(): void {
    this.#leaveQueue();
    for (const loop of [this.#loops.claim, this.#loops.reconcile]) void loop.close();
  }

  /** Lets go of every run: containers that can run on do, and another server of the group takes them up at once, or the next. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#leaveQueue();
    await Promise.all(Object.values(this.#loops).map((loop) => loop.close()));
    const { store, meter, bus, logger } = this.deps;
    const held = [...this.#held.values()];
    for (const { supervision } of held) supervision.letGo();
    await Promise.all(held.map(({ done }) => done));
    try {
      // First what they used: who takes one up may see its end at once, and judges by the figures.
      await meter.flush();
      await Promise.all(held.map(({ supervision }) => store.release(supervision.run)));
    } catch (error) {
      logger.warn({ err: error }, 'leases were left to run out');
    }
    if (held.length > 0) bus.publish(topics.abandoned);
  }

  #leaveQueue(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }

  #claim(): Promise<void> {
    return this.#exclusively(async () => {
      const room = this.deps.maxConcurrentRuns - this.#held.size;
      if (room <= 0) return;
      for (const run of await this.deps.store.claimQueued(room)) this.#hold(run, undefined);
    });
  }

  /** Also how cancellations and revoked keys are heard of that another server was told while no tick came through. */
  async #renew(): Promise<void> {
    const held = Array.from(this.#held.values(), ({ supervision }) => supervision);
    if (held.length === 0) return;
    const renewed = await this.deps.store.renew(held.map(({ run }) => run));
    for (const supervision of held) {
      const lease = renewed.get(supervision.run.id);
      if (!lease) supervision.letGo();
      else if (lease.stop) supervision.stop(lease.stop);
    }
  }

  async #reconcile(): Promise<void> {
    const { store, runtime, channels, meter, logger } = this.deps;
    // First what a server wrote down that is gone: whose runs are taken up are judged by it.
    await meter
      .takeOver()
      .catch((error: unknown) => logger.warn({ err: error }, 'the journal of a server that is gone is kept for later'));
    const containers = await this.#exclusively(() => this.#adopt());
    if (containers.length > 0) {
      const open = await store.open(containers.map(({ runId }) => runId));
      const orphans = containers.filter(({ runId }) => !open.has(runId) && !this.#held.has(runId));
      await Promise.all(orphans.map(({ handle }) => runtime.remove(handle)));
    }
    await channels.removeEnded((among) => store.ended(among));
    const ended = await this.#forsaken.end();
    for (const { id } of ended) {
      logger.error({ runId: id }, 'a run was ended as LOST: no server of its group came back');
      this.deps.bus.publish(topics.run(id));
    }
    for (const key of ended) {
      const run = await store.find(key);
      if (run) tellObservers(this.deps, (observer) => observer.forsaken(run));
    }
  }

  async #adopt(): Promise<Awaited<ReturnType<ContainerRuntime['list']>>> {
    const { store, runtime } = this.deps;
    const abandoned = await store.claimAbandoned(Array.from(this.#held.keys()));
    const containers = await runtime.list().catch(async (error: unknown) => {
      // Whether they run on cannot be told now.
      await Promise.all(abandoned.map((run) => store.release(run)));
      throw error;
    });
    for (const run of abandoned) {
      this.deps.logger.info({ runId: run.id, state: run.state }, 'taking up a run');
      this.#hold(run, containers.find(({ runId }) => runId === run.id)?.handle);
    }
    return containers;
  }

  /** A run is this worker's in the database before it is held here: nobody may look in between. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #hold(run: TriageRunEntity, found: ContainerHandle | undefined): void {
    tellObservers(this.deps, (observer) => observer.held(run));
    const supervision = new RunSupervision(this.deps, run);
    const done = this.#supervise(supervision, found).finally(() => {
      this.#held.delete(run.id);
      tellObservers(this.deps, (observer) => observer.left(run.id));
      this.#loops.claim.wake();
    });
    this.#held.set(run.id, { supervision, done });
    this.deps.bus.publish(topics.run(run.id));
  }

  async #supervise(supervision: RunSupervision, found: ContainerHandle | undefined): Promise<void> {
    const { bus, store, logger } = this.deps;
    const { id } = supervision.run;
    const look = (): void =>
      void store.stopRequest(id).then(
        (requested) => requested && supervision.stop(requested),
        (error: unknown) => logger.debug({ err: error }, 'a request to stop could not be looked for'),
      );
    const unsubscribe = await bus.subscribe(topics.run(id), look);
    try {
      await supervision.supervise(found);
    } finally {
      unsubscribe();
    }
  }
}
