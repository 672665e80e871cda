import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeRuntime } from '../../src/adapters/container-runtime/fake-runtime.js';
import type { RunSupervisor } from '../../src/features/triage/index.js';
import { TriagedError } from '../../src/kernel/errors.js';
import { newRunId, shortName } from '../../src/kernel/ids.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';
import { until } from '../testkit/until.js';

jest.setTimeout(40_000);

const acme = actorOf('acme');
const SPENT = { limit: 'RUN_BUDGET', message: 'The budget is spent.' } as const;
const isRunning = ({ state }: { state: string }): boolean => state === 'RUNNING';

async function contentOf(output: AsyncIterable<{ readonly data: string }>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const { data } of output) pieces.push(Buffer.from(data, 'base64'));
  return Buffer.concat(pieces);
}

describe('RunSupervisor', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let instanceId: string;
  const supervisors: RunSupervisor[] = [];
  beforeEach(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    instanceId = await server.startedInstance(acme);
  });
  afterEach(async () => {
    for (const supervisor of supervisors.splice(0)) await supervisor.close();
    await rig.close();
  });

  const supervise = async (on: DomainServer, maxConcurrentRuns?: number): Promise<RunSupervisor> => {
    const supervisor = on.supervisor(maxConcurrentRuns);
    supervisors.push(supervisor);
    await supervisor.start();
    return supervisor;
  };

  /** Nothing is left of an ended run but its row, its log and its artifacts. */
  const expectTidy = async (): Promise<void> => {
    const deadline = Date.now() + 8000;
    const channels = (): Promise<string[]> => readdir(path.join(rig.folder, 'ch')).catch(() => []);
    const left = async () => [await rig.runtime.list(), await channels()].flat();
    while ((await left()).length > 0 && Date.now() < deadline) await sleep(20);
    expect(await left()).toEqual([]);
  };

  it('carries out a run from the queue to its recorded end', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { lines: 50 });
    const run = await server.awaitRun(acme, id);
    expect(run).toMatchObject({
      state: 'SUCCEEDED',
      exitCode: 0,
      logComplete: true,
      logTruncated: false,
      ...{ reportedTokens: null, usageDrift: null },
      logMasked: false,
      fence: 1,
    });
    expect(run.leaseOwner).toBeNull();
    expect(run.startedAt!.getTime()).toBeGreaterThanOrEqual(run.createdAt.getTime());
    expect(run.logBytes).toBe(await server.logs.size(id));
    const artifacts = await server.artifacts.list(run.id);
    const log = artifacts.find(({ name }) => /^output\/triage_claude_\d{8}_\d{6}\.log$/.test(name));
    expect(log?.bytes).toBe(run.logBytes);
    const copy = await readFile(path.join(rig.folder, 'artifacts', id, log!.name));
    expect(copy.equals(await readFile(server.logs.path(run.id)))).toBe(true);
    await expectTidy();
  });

  it('ends and tidies up a run although whoever is told of it fails', async () => {
    const told: string[] = [];
    const failing = (what: string) => () => {
      told.push(what);
      throw new Error(`the observer failed when told ${what}`);
    };
    const [held, ended, forsaken, left] = ['held', 'ended', 'forsaken', 'left'].map(failing) as [
      never,
      never,
      never,
      never,
    ];
    const supervisor = server.supervisor(1, [{ held, ended, forsaken, left }]);
    supervisors.push(supervisor);
    await supervisor.start();
    const runs = [await server.startRun(acme, instanceId), await server.startRun(acme, instanceId)];
    const changes = await server.stream.changes(acme, runs[0]!.id);
    const states: string[] = [];
    for await (const { state } of changes) states.push(state);
    expect(states.at(-1)).toBe('SUCCEEDED');
    for (const { id } of runs) expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'SUCCEEDED', fence: 1 });
    await expectTidy();
    expect(told).toEqual(['held', 'ended', 'left', 'held', 'ended', 'left']);
  });

  it('runs no more at once than it may, and all in the end', async () => {
    await supervise(server, 2);
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => server.startRun(acme, instanceId, { lines: 3, hangSeconds: 0.2 })),
    );
    let most = 0;
    const watching = setInterval(
      () => void rig.runtime.list().then((list) => (most = Math.max(most, list.length))),
      10,
    );
    for (const { id } of runs) expect((await server.awaitRun(acme, id)).state).toBe('SUCCEEDED');
    clearInterval(watching);
    expect(most).toBe(2);
  });

  it('shares a queue between two servers: each run is taken once', async () => {
    const second = await rig.server({ workerId: 'worker-b' });
    const runs = await Promise.all(Array.from({ length: 12 }, () => server.startRun(acme, instanceId)));
    await Promise.all([supervise(server), supervise(second)]);
    for (const { id } of runs) {
      expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'SUCCEEDED', fence: 1, logComplete: true });
    }
  });

  it.each([
    ['an exit code', { exitCode: 7 }, { state: 'FAILED', reasonCode: 'AGENT_FAILED', exitCode: 7 }],
    ['a container that dies', { crash: true }, { state: 'FAILED', reasonCode: 'CHANNEL_LOST', logComplete: false }],
  ])('records %s', async (_, script, end) => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, script);
    expect(await server.awaitRun(acme, id)).toMatchObject(end);
    await expectTidy();
  });

  it('records the end of an agent whose time was up', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 60 }, { timeoutSeconds: 1 });
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'TIMED_OUT', reasonCode: 'TIMED_OUT' });
    await expectTidy();
  });

  it('ends a run whose log is full, flagged as truncated', async () => {
    const small = await rig.server({ maxLogBytes: 10_000 });
    await supervise(small);
    const { id } = await server.startRun(acme, instanceId, { lines: 10_000, hangSeconds: 60 });
    const run = await server.awaitRun(acme, id);
    expect(run).toMatchObject({ state: 'FAILED', reasonCode: 'LOG_LIMIT', logTruncated: true, logComplete: false });
    expect(run.logBytes).toBe(10_000);
  });

  it('stops a running agent that is cancelled', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 60 });
    await server.awaitRun(acme, id, isRunning);
    expect((await server.triage.cancel(acme, id)).cancelRequestedAt).not.toBeNull();
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'CANCELLED', reasonCode: null, logComplete: true });
    await expectTidy();
  });

  it('cancels a run that was claimed and not started yet, without ever starting its agent', async () => {
    const { id } = await server.startRun(acme, instanceId);
    await server.store.claimQueued(1);
    await server.triage.cancel(acme, id);
    await supervise(server);
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'CANCELLED', startedAt: null, logBytes: 0 });
    await expectTidy();
  });

  it('leaves an ended run as it is when it is cancelled', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId);
    const ended = await server.awaitRun(acme, id);
    expect(await server.triage.cancel(acme, id)).toEqual(ended);
  });

  it('ends an agent that is silent for too long, also after another server took it over, and no other', async () => {
    const first = await rig.server({ silenceSeconds: 1 });
    const supervisor = await supervise(first);
    const silent = await server.startRun(acme, instanceId, { lines: 3, hangSeconds: 60 });
    const speaking = await server.startRun(acme, instanceId, { lines: 30, linesPerSecond: 4 });
    const taken = await server.startRun(acme, instanceId, { lines: 24, linesPerSecond: 4, hangSeconds: 60 });
    const run = await server.awaitRun(acme, silent.id);
    expect(run).toMatchObject({ state: 'FAILED', reasonCode: 'SILENT', logComplete: true });
    expect(run.reasonMessage).toMatch(/printed nothing for 1 s.*RUN_SILENCE_TIMEOUT/);
    expect(run.endedAt!.getTime() - run.startedAt!.getTime()).toBeGreaterThanOrEqual(3_000);
    await server.awaitRun(acme, taken.id, isRunning);
    await supervisor.close();
    await supervise(await rig.server({ silenceSeconds: 1, workerId: 'worker-b' }));
    expect(await server.awaitRun(acme, taken.id)).toMatchObject({ state: 'FAILED', reasonCode: 'SILENT', fence: 2 });
    expect(await server.awaitRun(acme, speaking.id)).toMatchObject({ state: 'SUCCEEDED', logComplete: true });
    await expectTidy();
  });

  it('says FAILED when the container is removed under its eyes', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 60 });
    await server.awaitRun(acme, id, isRunning);
    await rig.runtime.remove(`fake-${id}`);
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'FAILED', reasonCode: 'CONTAINER_REMOVED' });
  });

  it('lets go on close, and the next server takes the run up where it was', async () => {
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { lines: 200, linesPerSecond: 100 });
    await server.awaitRun(acme, id, isRunning);
    await first.close();
    expect((await rig.runtime.list()).map(({ runId }) => runId)).toEqual([id]);
    await supervise(await rig.server({ workerId: 'worker-b' }));
    const run = await server.awaitRun(acme, id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', logComplete: true, fence: 2 });
    await expectTidy();
  });

  it('begins with the spending that stands on a run, keeps count while the run is its own, and then forgets it', async () => {
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { lines: 2, hangSeconds: 2 });
    const run = await server.awaitRun(acme, id, isRunning);
    expect(server.spending.of(run.id)).toEqual({ tokens: 0, costNanoUsd: 0 });
    server.spending.spend(run.id, { tokens: 5, costNanoUsd: 7 });
    expect(server.spending.of(run.id)).toEqual({ tokens: 5, costNanoUsd: 7 });
    await server.dataSource.query(
      `UPDATE triage_runs SET input_tokens = 1, output_tokens = 20, cache_read_tokens = 300, cache_write_tokens = 4000,
        reasoning_tokens = 50000, cost_nano_usd = 1234567890123 WHERE id = $1`,
      [id],
    );
    await first.close();
    expect(server.spending.of(run.id)).toBeUndefined();
    const next = await rig.server({ workerId: 'worker-b' });
    await supervise(next);
    const spent = { tokens: 54321, costNanoUsd: 1234567890123 };
    await next.awaitRun(acme, id, ({ leaseOwner }) => leaseOwner === 'worker-b');
    await until(() => next.spending.of(run.id) !== undefined);
    expect(next.spending.of(run.id)).toEqual(spent);
    await next.awaitRun(acme, id);
    await until(() => next.spending.of(run.id) === undefined);
  });

  it.each([
    ['lets go of it', 'FAILED', 'BUDGET_EXCEEDED', 'close'],
    ['is cut off', 'FAILED', 'BUDGET_EXCEEDED', 'cut'],
  ] as const)('judges by the budget that refused the last call, also when its server %s', async (...row) => {
    const [, state, reasonCode, how] = row;
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 3, exitCode: 1 });
    const { id: runId } = await server.awaitRun(acme, id, isRunning);
    for (const refused of [true, false, true]) server.spending.asked(runId, refused ? SPENT : undefined);
    if (how === 'close') await first.close();
    else {
      await server.awaitRun(acme, id, ({ refusal }) => refusal !== null);
      await sleep(1200);
      await server.dataSource.destroy();
    }
    const next = await rig.server({ workerId: how === 'close' ? 'worker-b' : 'worker-a' });
    await supervise(next);
    const run = await next.awaitRun(acme, id);
    expect(run).toMatchObject({ state, reasonCode, fence: 2, reasonMessage: expect.stringContaining(SPENT.message) });
  });

  it('does not judge by a refusal of before when a call was let through since, whoever owned the run then', async () => {
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 3, exitCode: 1 });
    const { id: runId } = await server.awaitRun(acme, id, isRunning);
    server.spending.asked(runId, SPENT);
    await first.close();
    const next = await rig.server({ workerId: 'worker-b' });
    await supervise(next);
    await until(() => next.spending.refusalOf(runId) !== undefined);
    next.spending.asked(runId, undefined);
    expect(await next.awaitRun(acme, id)).toMatchObject({ state: 'FAILED', reasonCode: 'AGENT_FAILED', refusal: null });
  });

  it('takes up the run of a server that was cut off, whose writes are refused from then on', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { lines: 300, linesPerSecond: 100 });
    await server.awaitRun(acme, id, isRunning);
    await server.cutOff();
    const next = await rig.server();
    await supervise(next);
    const run = await next.awaitRun(acme, id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', logComplete: true, fence: 2 });
    const stale = { id: run.id, fence: 1 };
    expect(await next.store.markStarted(stale)).toBe(false);
    expect(await next.store.isHeld(stale)).toBe(false);
  });

  it('keeps its run while the database is away and records the end afterwards', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { lines: 100, linesPerSecond: 100 });
    const { id: runId } = await server.awaitRun(acme, id, isRunning);
    const output = await server.stream.output(acme, id, 0, 'BASE64');
    const followed = contentOf(output);
    followed.catch(() => undefined);
    await server.dataSource.destroy();
    await sleep(2000);
    const bytes = await server.logs.size(runId);
    await server.dataSource.initialize();
    const run = await server.awaitRun(acme, id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', logComplete: true, fence: 1, logBytes: bytes });
    expect((await followed).equals(await readFile(server.logs.path(runId)))).toBe(true);
  });

  it.each([
    ['its time ran out while no server was there', { startedAgo: '1 hour', engineFaults: 0 }],
    ['the engine does not answer at first', { startedAgo: '0', engineFaults: 1 }],
  ])(
    'takes up an agent that ended meanwhile, though %s, and records its own end',
    async (_, { startedAgo, engineFaults }) => {
      const first = await supervise(server);
      const { id } = await server.startRun(acme, instanceId, { hangSeconds: 1 });
      await server.awaitRun(acme, id, isRunning);
      await first.close();
      await server.dataSource.query(`UPDATE triage_runs SET started_at = started_at - $1::interval`, [startedAgo]);
      const away = new TriagedError('RUNTIME_UNAVAILABLE', 'The engine is away.');
      const inspect = jest.spyOn(rig.runtime, 'inspect');
      for (let fault = 0; fault < engineFaults; fault += 1) inspect.mockRejectedValueOnce(away);
      await sleep(1200);
      await supervise(await rig.server({ workerId: 'worker-b' }));
      expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'SUCCEEDED', logComplete: true, fence: 2 });
      await expectTidy();
    },
  );

  it('says LOST for a run whose container died with its server', async () => {
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 60 });
    await server.awaitRun(acme, id, isRunning);
    await first.close();
    await supervise(await rig.server({ runtime: new FakeRuntime() }));
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'LOST', reasonCode: 'CONTAINER_LOST' });
  });

  it('prepares anew what was claimed and never got a container', async () => {
    const { id } = await server.startRun(acme, instanceId);
    await server.store.claimQueued(1);
    await supervise(server);
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'SUCCEEDED', fence: 2 });
  });

  it('remembers the exit report of a server that died before it recorded the end', async () => {
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 60 });
    const running = await server.awaitRun(acme, id, isRunning);
    await first.close();
    const [outputBytes, outputSha256] = [await server.logs.size(running.id), await server.logs.sha256(running.id)];
    const output = { outputBytes, outputSha256, artifactsOverLimit: false };
    const report = { exitCode: 3, signal: null, timedOut: false, ...output };
    expect(await server.store.keepReport(running, report)).toBe(true);
    await supervise(await rig.server({ runtime: new FakeRuntime() }));
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'FAILED', reasonCode: 'AGENT_FAILED', exitCode: 3 });
  });

  it('records one end however many try', async () => {
    const { id } = await server.startRun(acme, instanceId);
    const [run] = await server.store.claimQueued(1);
    const { network } = run!;
    const report = { report: null, problem: { code: 'MISSING', path: null, message: 'None.' } } as const;
    const left = {
      exitCode: 0,
      logBytes: 0,
      logComplete: true,
      logTruncated: false,
      ...{ reportedTokens: null, usageDrift: null },
      logMasked: false,
      network,
      report,
    };
    const ending = { reason: undefined, ...left };
    const states = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED'] as const;
    const ends = await Promise.all(states.map((state) => server.store.end(run!, { ...ending, state })));
    expect(ends.filter(Boolean)).toHaveLength(1);
    expect((await server.triage.get(acme, id)).state).toBe(states[ends.findIndex(Boolean)]);
  });

  it('gives every queued run to exactly one of many claims', async () => {
    await Promise.all(Array.from({ length: 20 }, () => server.startRun(acme, instanceId)));
    const second = await rig.server({ workerId: 'worker-b' });
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 ? server : second).store.claimQueued(3)),
    );
    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(20);
  });

  it.each(['off', 'on'])('claims no more than it asked for, with hashed and sorted plans %s', async (setting) => {
    await Promise.all(Array.from({ length: 8 }, () => server.startRun(acme, instanceId)));
    const [{ name }] = await server.dataSource.query<[{ name: string }]>('SELECT current_database() AS name');
    for (const plan of ['hashagg', 'hashjoin', 'mergejoin', 'material', 'sort']) {
      await server.dataSource.query(`ALTER DATABASE ${name} SET enable_${plan} = ${setting}`);
    }
    const { store } = await rig.server({ workerId: 'worker-b' });
    expect(await store.claimQueued(2)).toHaveLength(2);
    expect(await store.claimQueued(100)).toHaveLength(6);
  });

  it('removes containers that no open run accounts for, and leaves those of open runs', async () => {
    const orphan = newRunId();
    const spec = {
      aiAgent: 'CLAUDE_CODE',
      channelDirectory: rig.folder,
      memoryFolders: [],
      memoryBytes: 1,
      cpus: 1,
      pids: 1,
    } as const;
    await rig.runtime.create({ ...spec, runId: orphan });
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 60 });
    await server.awaitRun(acme, id, isRunning);
    expect((await rig.runtime.list()).map(({ runId }) => runId)).toEqual([id]);
  });

  it('removes within a second a container that appears and that no run accounts for', async () => {
    await supervise(server);
    const spec = { aiAgent: 'CLAUDE_CODE', channelDirectory: rig.folder, memoryFolders: [] } as const;
    for (let round = 0; round < 3; round += 1) {
      const handle = await rig.runtime.create({ ...spec, memoryBytes: 1, cpus: 1, pids: 1, runId: newRunId() });
      await rig.runtime.start(handle);
      await until(async () => (await rig.runtime.inspect(handle)) === undefined, 1_000);
    }
  });

  it('removes what an end left that was recorded and not tidied, without a restart', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId);
    const run = await server.awaitRun(acme, id);
    await expectTidy();
    const channel = path.join(rig.folder, 'ch', shortName(run.id));
    await mkdir(channel);
    await expectTidy();
  });

  it('ends a run whose key cannot be read, without a container', async () => {
    const { id } = await server.startRun(acme, instanceId);
    await server.dataSource.query(`UPDATE credentials SET sealed = sealed || '\\x00'::bytea`);
    await supervise(server);
    const run = await server.awaitRun(acme, id);
    expect(run).toMatchObject({ state: 'FAILED', reasonCode: 'CREDENTIAL_UNREADABLE', startedAt: null });
    await expectTidy();
  });

  it('streams the output byte for byte, and each state once, to whoever follows', async () => {
    await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { lines: 200, linesPerSecond: 400 });
    const states: string[] = [];
    const watching = (async () => {
      for await (const run of await server.stream.changes(acme, id)) states.push(run.state);
    })();
    const content = await contentOf(await server.stream.output(acme, id, 0, 'BASE64'));
    await watching;
    const run = await server.triage.get(acme, id);
    expect(content.equals(await readFile(server.logs.path(run.id)))).toBe(true);
    expect(states.at(-1)).toBe('SUCCEEDED');
    expect(new Set(states).size).toBe(states.length);
    const past = server.stream.output(acme, id, run.logBytes + 1, 'UTF8');
    await expect(past).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { size: run.logBytes } });
    const atEnd = await server.stream.output(acme, id, run.logBytes, 'UTF8');
    expect(await atEnd.next()).toMatchObject({ done: true });
  });
});
