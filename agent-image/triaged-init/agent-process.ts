import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, say } from './diagnostics.js';
import type { OutputPipe } from './output-pipe.js';
import type { OutputShipper } from './output-shipper.js';
import type { Bootstrap } from './protocol.js';

/** How long processes that the agent left behind may go on writing. */
const LEFTOVER_MS = 2000;
const LOOK_MS = 50;

export interface AgentEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
}

export interface AgentProcessOptions {
  readonly bootstrap: Pick<Bootstrap, 'command' | 'workingDirectory' | 'timeoutSeconds' | 'graceSeconds'>;
  readonly environment: Readonly<Record<string, string>>;
  readonly shipper: OutputShipper;
  /** Taken over. */
  readonly pipe: OutputPipe;
  /** True where every other process belongs to the run, so that leftovers outside the agent's group are ended too. */
  readonly ownsPidNamespace: boolean;
}

/** The agent's command in a process group of its own, its output on the way to the shipper. */
export class AgentProcess {
  readonly #options: AgentProcessOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
  readonly #reading: Promise<void>;
  #readingIsOver = false;
  #stopping = false;
  #timedOut = false;

  constructor(options: AgentProcessOptions) {
    const { pipe } = options;
    const { command, workingDirectory: cwd } = options.bootstrap;
    this.#options = options;
    const stdio = ['ignore', pipe.writeFd, pipe.writeFd] as const;
    this.#child = spawn(command[0] ?? '', command.slice(1), {
      cwd,
      env: options.environment,
      stdio: [...stdio],
      detached: true,
    });
    this.#exited = this.#exit();
    pipe.closeWriter();
    this.#reading = this.#read();
  }

  /** TERM to the group, KILL after the grace. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#signal('SIGTERM');
    setTimeout(() => this.#signal('SIGKILL'), this.#options.bootstrap.graceSeconds * 1000).unref();
  }

  /** Resolves when the agent has exited, nobody writes any more and the shipper has taken every byte; `onExit` comes first. */
  async end(onExit: () => void): Promise<AgentEnd> {
    const timeout = setTimeout(() => {
      this.#timedOut = true;
      say('the time is up; ending the agent');
      this.stop();
    }, this.#options.bootstrap.timeoutSeconds * 1000);
    const exit = await this.#exited;
    clearTimeout(timeout);
    onExit();
    await this.#drain();
    return { ...exit, timedOut: this.#timedOut };
  }

  #exit(): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
    return new Promise((resolve) => {
      this.#child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
      this.#child.once('error', (error) => {
        const notFound = 'code' in error && error.code === 'ENOENT';
        const line = Buffer.from(`triaged-init: the command cannot be started: ${messageOf(error)}\n`);
        this.#options.shipper.write(line).catch(() => undefined);
        resolve({ exitCode: notFound ? 127 : 126, signal: null });
      });
    });
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#options.pipe.reader as AsyncIterable<Buffer>)
        await this.#options.shipper.write(chunk);
    } catch (error) {
      // Also said by the shipper's end(); an agent that nobody can hear has no reason to go on.
      say(`reading the output ended: ${messageOf(error)}`);
      this.stop();
    } finally {
      this.#readingIsOver = true;
    }
  }

  async #drain(): Promise<void> {
    await this.#writersGone(LEFTOVER_MS);
    this.#signal('SIGKILL');
    if (this.#options.ownsPidNamespace) killQuietly(-1, 'SIGKILL');
    if (!(await this.#writersGone(LEFTOVER_MS))) {
      say('a process that left the group still holds the output open; what it writes from now on is not kept');
      this.#options.pipe.reader.destroy();
    }
    await this.#reading;
  }

  /** Waits for the end of the pipe; time during which a full spool keeps us from reading does not count. */
  async #writersGone(patienceMs: number): Promise<boolean> {
    for (let waited = 0; waited < patienceMs && !this.#readingIsOver;) {
      await Promise.race([this.#reading, delay(LOOK_MS, undefined, { ref: false })]);
      if (!this.#options.shipper.isFull) waited += LOOK_MS;
    }
    return this.#readingIsOver;
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) killQuietly(-this.#child.pid, signal);
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Nobody is left to be told.
  }
}
