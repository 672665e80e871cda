import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Triaged } from '../../sdk/src/index.js';
import { CLAUDE } from '../../demo/demo-agents.js';
import { prepareInstance } from '../../demo/prepare-instance.js';
import { StartTriageDocument, TriageRunDocument } from '../../sdk/src/generated/graphql.js';
import { makeDataFolder, startBenchServer, type BenchServer } from '../harness/bench-server.js';
import { expectSuccess } from '../harness/expect-success.js';
import type { GroupContext } from '../harness/group.js';
import { makeLiveAgent, type LiveScript } from './live-agent.js';
import { Subscribers, type SubscribersOptions } from './subscribers.js';

/** Within which an agent that runs has come to where it waits. */
const SETTLED_MS = 500;

/** The whole server, with agents that are processes: what they write takes the way of a container's output. */
export class LiveProduct {
  #runs = 0;

  private constructor(
    readonly server: BenchServer,
    readonly folder: string,
    private readonly api: Triaged,
    private readonly instanceId: string,
    private readonly release: () => Promise<void>,
  ) {}

  static async start({ root }: GroupContext): Promise<LiveProduct> {
    const folder = await makeDataFolder();
    try {
      const bin = await makeLiveAgent(folder.path);
      const server = await startBenchServer(root, folder.path, {
        RUNTIME: 'local',
        RATE_LIMIT_REQUESTS: '1000000',
        PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
      });
      const api = new Triaged(server);
      const release = async (): Promise<void> => {
        api.close();
        await server.close();
        await folder.remove();
      };
      const instanceId = await prepareInstance(api, CLAUDE, undefined, { step: () => undefined });
      return new LiveProduct(server, folder.path, api, instanceId, release);
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.release();
  }

  /**
   * One run whose agent waits until so many have subscribed; `during` is called when it may go on, and tells it so. What
   * the subscribers got is compared with the log when the run has ended.
   */
  async follow<Result>(
    script: Omit<LiveScript, 'go'>,
    subscribers: Pick<SubscribersOptions, 'count' | 'onNext'>,
    during: (subscribers: Subscribers, go: () => Promise<void>) => Promise<Result>,
  ): Promise<Result> {
    this.#runs += 1;
    const go = path.join(this.folder, `go-${this.#runs}`);
    const incident = JSON.stringify({ title: 'bench', live: { ...script, go } });
    const input = { instanceId: this.instanceId, aiAgent: 'CLAUDE_CODE', prompt: 'Nothing to do.', incident } as const;
    const { id } = (await this.api.request(StartTriageDocument, { input })).startTriage;
    const { port, apiKey } = this.server;
    const all = await Subscribers.open({ port, apiKey, runId: id, ...subscribers });
    try {
      while ((await this.api.request(TriageRunDocument, { id })).triageRun.state !== 'RUNNING') await delay(50);
      await delay(SETTLED_MS);
      const result = await during(all, () => writeFile(go, ''));
      await expectSuccess(this.api, id);
      const log = await readFile(path.join(this.folder, 'run-logs', `${id}.log`));
      await all.reach(log.length);
      all.check(log);
      return result;
    } finally {
      all.close();
    }
  }
}
