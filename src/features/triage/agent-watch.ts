import { adapterOf } from '../ai-agents/index.js';
import type { RunLogReader } from '../run-log/index.js';
import { logTail } from './log-tail.js';
import { GRACE_SECONDS } from './run-briefing.js';
import type { RunStore } from './run.store.js';
import { SilenceWatch } from './silence-watch.js';
import { TerminalEventWatch } from './terminal-event-watch.js';
import { Timers } from './timers.js';
import type { TriageRunEntity } from './triage-run.entity.js';

/** What triaged-init may take beyond timeout and grace before the server ends the container itself. */
const BACKSTOP_MS = 15_000;

export interface AgentWatchOptions {
  readonly run: TriageRunEntity;
  readonly store: Pick<RunStore, 'secondsSinceStart'>;
  readonly logs: RunLogReader;
  readonly silenceSeconds: number;
  /** The fake runtime plays no CLI, whose words could be its last. */
  readonly playsCli: boolean;
  readonly owner: {
    deadline(): void;
    silent(): void;
    /** It said that it was done, and then neither ended nor printed anything. */
    finished(tail: string): void;
  };
}

/** Looks after one agent from its start, or from when a started one was taken over, until it has ended: each owner anew. */
export class AgentWatch {
  readonly #timers = new Timers();
  readonly #silence: SilenceWatch;
  readonly #finishing: TerminalEventWatch | undefined;

  constructor(private readonly options: AgentWatchOptions) {
    const { run, logs, silenceSeconds, playsCli, owner } = options;
    this.#silence = new SilenceWatch({ silenceMs: silenceSeconds * 1_000, onSilent: () => owner.silent() });
    if (playsCli) {
      this.#finishing = new TerminalEventWatch({
        tail: () => logTail(logs, run.id),
        isTerminalEvent: (line) => adapterOf(run.aiAgent).isTerminalEvent(line),
        onFinished: (tail) => owner.finished(tail),
      });
    }
    void this.#armBackstop();
  }

  /** The log has grown. */
  grown(): void {
    this.#silence.heard();
    this.#finishing?.grown();
  }

  /** A model call has begun; what is given is called at its end. */
  asks(): () => void {
    return this.#silence.asks();
  }

  /** The agent has ended; its container may still be busy. */
  left(): void {
    this.#silence.close();
    this.#finishing?.close();
  }

  close(): void {
    this.left();
    this.#timers.close();
  }

  async #armBackstop(): Promise<void> {
    const { run, store, owner } = this.options;
    const running = await store.secondsSinceStart(run.id).catch(() => undefined);
    const left = (run.timeoutSeconds + GRACE_SECONDS - (running ?? 0)) * 1000;
    // An agent whose time ran out while no server was there has ended, in its own way; its container is still heard.
    this.#timers.after(Math.max(left, 0) + BACKSTOP_MS, () => owner.deadline());
  }
}
