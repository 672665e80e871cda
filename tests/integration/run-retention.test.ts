import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { TriageArtifacts } from '../../src/features/triage/index.js';
import type { Retention, RunSupervisor } from '../../src/features/triage/index.js';
import { newRunId } from '../../src/kernel/ids.js';
import type { RunId } from '../../src/kernel/ids.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';
import { createTestDatabase } from '../testkit/postgres.js';
import { createDataFolder, startServer } from '../testkit/server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

jest.setTimeout(60_000);

const [acme, other, third] = [actorOf('acme'), actorOf('other'), actorOf('third')];
const FOR_EVER: Retention = { days: null, ofTenants: {} };

describe('retention of what runs leave', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let supervisor: RunSupervisor;
  beforeEach(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    supervisor = server.supervisor();
    await supervisor.start();
  });
  afterEach(async () => {
    await supervisor.close();
    await rig.close();
  });

  const endedRun = async (actor: typeof acme, daysAgo: number): Promise<RunId> => {
    const { id } = await server.startRun(actor, await server.startedInstance(actor), { lines: 3 });
    expect(await server.awaitRun(actor, id)).toMatchObject({ state: 'SUCCEEDED', expiredAt: null });
    await age(id, daysAgo);
    return id;
  };
  const age = (id: RunId, daysAgo: number) =>
    server.dataSource.query(
      `UPDATE triage_runs SET ended_at = ended_at - make_interval(days => $2), created_at = created_at - make_interval(days => $2) WHERE id = $1`,
      [id, daysAgo],
    );
  const filesOf = async (id: RunId): Promise<string[]> => {
    const folders = ['logs', 'artifacts'].map((name) => path.join(rig.folder, name));
    const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
    return names.flat().filter((name) => name.startsWith(id));
  };
  const artifacts = (): TriageArtifacts => {
    const file = async (id: RunId, name: string) => {
      const found = await server.artifacts.path(id, name);
      return found === undefined ? undefined : { path: found };
    };
    return new TriageArtifacts({ triage: server.triage, artifacts: { file } });
  };

  it('tells whoever reads a log at the moment at which it goes', async () => {
    const { id } = await server.startRun(acme, await server.startedInstance(acme), { lines: 3_000 });
    expect((await server.awaitRun(acme, id)).logBytes).toBeGreaterThan(150_000);
    await age(id, 31);
    const reading = await server.stream.output(acme, id, 0, 'UTF8');
    expect((await reading.next()).value).toMatchObject({ offset: 0 });
    await server.retention({ days: 30, ofTenants: {} }).sweep();
    const rest = (async () => {
      for (let read = await reading.next(); !read.done;) read = await reading.next();
    })();
    await expect(rest).rejects.toMatchObject({ code: 'RUN_EXPIRED', details: { runId: id } });
  });

  it('removes logs and artifacts when the time of their tenant is over, and keeps the rest', async () => {
    const [old, young] = [await endedRun(acme, 31), await endedRun(acme, 29)];
    const [ofDefault, forEver] = [await endedRun(other, 11), await endedRun(third, 5_000)];
    const { id: open } = await server.startRun(acme, await server.startedInstance(acme), { hangSeconds: 60 });
    await server.awaitRun(acme, open, ({ state }) => state === 'RUNNING');
    await server.dataSource.query(
      `UPDATE triage_runs SET created_at = created_at - interval '1 year', started_at = started_at - interval '1 year' WHERE id = $1`,
      [open],
    );
    const kept = { days: 10, ofTenants: { acme: 30, third: null } };
    const before = await server.triage.get(acme, old);
    expect(await filesOf(old)).not.toEqual([]);
    // Two servers that share the folder, at once and again.
    await Promise.all([server.retention(kept).sweep(), (await rig.server()).retention(kept).sweep()]);
    await server.retention(kept).sweep();

    for (const [actor, id] of [
      [acme, old],
      [other, ofDefault],
    ] as const) {
      expect(await filesOf(id)).toEqual([]);
      const { expiredAt } = await server.triage.get(actor, id);
      const gone = {
        code: 'RUN_EXPIRED',
        httpStatus: 410,
        details: { runId: id, expiredAt: expiredAt!.toISOString() },
      };
      await expect(server.stream.output(actor, id, 0, 'UTF8')).rejects.toMatchObject(gone);
      await expect(artifacts().file(actor, id, 'output/report.md')).rejects.toMatchObject(gone);
    }
    expect(await server.triage.get(acme, old)).toEqual(Object.assign(before, { expiredAt: expect.any(Date) }));
    const [{ reports }] = await server.dataSource.query<[{ reports: number }]>(
      `SELECT count(*)::integer AS reports FROM triage_reports WHERE run_id = $1 AND report IS NOT NULL`,
      [old],
    );
    expect(reports).toBe(1);
    for (const [actor, id] of [
      [acme, young],
      [third, forEver],
      [acme, open],
    ] as const) {
      expect((await server.triage.get(actor, id)).expiredAt).toBeNull();
      expect(await filesOf(id)).not.toEqual([]);
      if (id !== open)
        expect(await artifacts().file(actor, id, 'output/report.md')).toMatchObject({
          path: expect.stringContaining(id),
        });
    }
  });

  it('keeps everything for ever unless told', async () => {
    const id = await endedRun(acme, 36_000);
    await server.retention(FOR_EVER).sweep();
    expect((await server.triage.get(acme, id)).expiredAt).toBeNull();
    expect(await filesOf(id)).not.toEqual([]);
  });

  it('finishes what was begun and could not be removed, of any number of runs', async () => {
    const [first, second] = [await endedRun(acme, 31), await endedRun(acme, 31)];
    const stuck = jest.spyOn(server.artifacts, 'remove').mockRejectedValueOnce(new Error('busy'));
    await server.retention({ days: 30, ofTenants: {} }).sweep();
    const left = [...(await filesOf(first)), ...(await filesOf(second))];
    expect(left).toHaveLength(1);
    stuck.mockRestore();
    // What the row says holds, also when nobody would mark it any more.
    await server.retention(FOR_EVER).sweep();
    expect([...(await filesOf(first)), ...(await filesOf(second))]).toEqual([]);
  });

  it('removes files that no row knows after a day, and nothing else', async () => {
    const known = await endedRun(acme, 0);
    const [old, young, partly] = [newRunId(), newRunId(), newRunId()];
    const logs = path.join(rig.folder, 'logs');
    const longAgo = new Date(Date.now() - 25 * 60 * 60_000);
    for (const id of [old, young, partly]) {
      await writeFile(path.join(logs, `${id}.log`), 'x');
      await mkdir(path.join(rig.folder, 'artifacts', id, 'output'), { recursive: true });
      await writeFile(path.join(rig.folder, 'artifacts', id, 'output', 'a'), 'x');
    }
    const foreign = path.join(logs, 'README');
    await writeFile(foreign, 'not a log');
    const aged = [foreign, path.join(logs, `${known}.log`), path.join(logs, `${partly}.log`)];
    aged.push(path.join(logs, `${old}.log`), path.join(rig.folder, 'artifacts', old));
    for (const file of aged) await utimes(file, longAgo, longAgo);

    const elsewhere = await rig.server({ runGroup: 'group-of-no-run' });
    await elsewhere.retention(FOR_EVER).sweep();
    expect(await filesOf(old)).toHaveLength(2);
    await server.retention(FOR_EVER).sweep();
    expect(await filesOf(old)).toEqual([]);
    for (const id of [young, partly]) expect(await filesOf(id)).toHaveLength(2);
    expect(await filesOf(known)).not.toEqual([]);
    expect(existsSync(foreign)).toBe(true);
  });

  it('never marks a run that is open, whatever the clock says, and marks in pieces', async () => {
    const ids = [await endedRun(acme, 3), await endedRun(acme, 2)];
    const queued = await (await rig.server()).startRun(other, await server.startedInstance(other), { hangSeconds: 60 });
    await server.awaitRun(other, queued.id, ({ state }) => state === 'RUNNING');
    const store = server.retentionStore;
    const kept = { days: 1, ofTenants: {} };
    expect(await store.expire(kept, 1)).toEqual([ids[0]]);
    expect(await store.expire(kept, 5)).toEqual([ids[1]]);
    expect(await store.expire(kept, 5)).toEqual([]);
  });
});

describe('a server that is killed between mark and removal', () => {
  it('says at once that a run has expired, and removes the files when it comes back', async () => {
    const [database, folder] = [await createTestDatabase(), await createDataFolder()];
    const environment = { RUNTIME: 'fake', DATABASE_URL: database.url, LOG_LEVEL: 'info' };
    try {
      const first = await startServer({ dataDir: folder.path, environment });
      const instanceId = await createInstance(first.client);
      const { id } = await startTriage(first.client, { instanceId, prompt: 'Why?', incident: '{}' });
      const run = await awaitRun(first.client, id);
      await first.stop();
      const client = new Client({ connectionString: database.url });
      await client.connect();
      await client.query(`UPDATE triage_runs SET ended_at = ended_at - interval '3 days'`);
      await client.end();

      const log = path.join(folder.path, 'run-logs', `${id}.log`);
      const doomed = spawn(process.execPath, ['dist/src/main.js'], {
        env: {
          ...{ PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DATA_DIR: folder.path, RETENTION_DAYS: '2' },
          ...{ ...environment, TRIAGED_FAILPOINTS: 'run-expired' },
        },
        stdio: 'ignore',
      });
      expect(await once(doomed, 'exit')).toEqual([null, 'SIGKILL']);
      expect(existsSync(log)).toBe(true);

      // It need not be told again.
      const next = await startServer({ dataDir: folder.path, environment });
      await until(() => !existsSync(log) && !existsSync(path.join(folder.path, 'artifacts', id)));
      const { triageRun } = await next.client.ok<{ triageRun: Record<string, unknown> }>(
        `query ($id: ID!) { triageRun(id: $id) { state expiredAt promptSent artifactCount artifacts { name } log { bytes complete }
          report { outcome } usage { requestCount } } }`,
        { id },
      );
      expect(triageRun).toMatchObject({
        ...{ state: 'SUCCEEDED', expiredAt: expect.any(String), promptSent: null, artifactCount: 0, artifacts: [] },
        log: { bytes: run.log.bytes, complete: true },
        report: { outcome: 'UNDETERMINED' },
      });
      const output = next.client.subscribe(`subscription ($id: ID!) { triageOutput(runId: $id) { data } }`, { id });
      await expect(output.next()).rejects.toThrow('RUN_EXPIRED');
      const headers = { 'x-api-key': next.client.apiKey! };
      const download = await fetch(`${next.url}${run.artifacts[0]!.url}`, { headers });
      expect(download.status).toBe(410);
      expect(await download.json()).toMatchObject({ error_code: 'RUN_EXPIRED' });
      await next.stop();
    } finally {
      await folder.remove();
      await database.close();
    }
  });
});
