import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Triaged } from '../sdk/src/index.js';
import { demoKeyFile } from '../src/cli/local-server.js';
import { killGroup, stopChild, type LoggedChild } from './child.js';
import { buildImage, chooseRuntime } from './choose-runtime.js';
import type { DemoOptions } from './options.js';
import { prepareInstance } from './prepare-instance.js';
import type { Progress } from './progress.js';
import { findServer, startServer, type RunningServer } from './running-server.js';
import { filesOf, resultOf, summaryText, type Result } from './summary.js';
import { triage } from './triage.js';

export interface DemoDependencies {
  readonly root: string;
  readonly options: DemoOptions;
  readonly progress: Progress;
  readonly colour: boolean;
  /** Aborted by Ctrl-C: the run is cancelled and what was started is stopped. */
  readonly signal: AbortSignal;
}

/** From nothing to a triaged incident. `close` stops what it started, and may be called at any time. */
export class Demo {
  #own: LoggedChild | undefined;
  #api: Triaged | undefined;

  constructor(private readonly deps: DemoDependencies) {}

  async run(): Promise<Result> {
    const { options, progress, colour, signal, root } = this.deps;
    const server = await this.#server();
    this.#api = new Triaged(server);
    const instanceId = await prepareInstance(this.#api, options.agent, options.providerKey, progress);
    const incident = await readFile(path.join(root, 'demo', 'sample-incident.json'), 'utf8');
    const { aiAgent } = options.agent;
    const linkOf = (id: string) =>
      `${server.url}/runs/${id}, signed in with the key in ${demoKeyFile(options.dataDir)}`;
    const run = await triage({ api: this.#api, instanceId, aiAgent, incident, linkOf, progress, colour, signal });
    const files = await filesOf(options.dataDir, run);
    const result = resultOf(run, { url: server.url, startedByDemo: server.own !== undefined }, files);
    progress.step(result.ok ? 'The triage SUCCEEDED.' : `The triage did not succeed: ${run.state}.`);
    progress.raw(summaryText(result, demoKeyFile(options.dataDir)));
    return result;
  }

  /** Resolves when the server that the demo started has ended, or at once when it started none. */
  async serverEnded(): Promise<void> {
    await this.#own?.ended;
  }

  get ownsServer(): boolean {
    return this.#own !== undefined;
  }

  async close(): Promise<void> {
    this.#api?.close();
    if (!this.#own) return;
    await stopChild(this.#own, 20_000);
    this.deps.progress.step('The server that the demo started is stopped.');
  }

  /** For who cannot wait. */
  kill(): void {
    if (this.#own) killGroup(this.#own.child);
  }

  async #server(): Promise<RunningServer> {
    const { options, progress, signal, root } = this.deps;
    const found = await findServer(options);
    if (found) {
      progress.step(`A server is running at ${found.url}: using it, with its runtime and its model.`);
      return found;
    }
    const choice = await chooseRuntime(options, progress);
    if (choice.runtime === 'docker') await buildImage(root, options, progress, signal);
    progress.step(`Starting a server; its log is ${path.join(options.dataDir, 'server.log')}`);
    const starting = startServer(root, options, choice, (child) => (this.#own = child), signal);
    const server = await progress.during(() => 'waiting for the server', starting);
    progress.step(`The server is ready at ${server.url}`);
    return server;
  }
}
