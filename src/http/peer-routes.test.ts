import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import express from 'express';
import { pino } from 'pino';
import { MemoryEventBus } from '../adapters/event-bus/index.js';
import { ArtifactStore } from '../features/artifacts/index.js';
import { RunLogStore } from '../features/run-log/index.js';
import {
  Peers,
  PeerTokens,
  RunGroups,
  SharedArtifacts,
  SharedRunLogs,
  type KnownServer,
} from '../features/servers/index.js';
import { newRunId } from '../kernel/ids.js';
import type { MasterSecrets } from '../kernel/master-secrets.js';
import { createWorkerServer, peerRoutes } from './index.js';

const logger = pino({ level: 'silent' });
const masterSecrets: MasterSecrets = { primary: randomBytes(32), secondary: randomBytes(32) };
const MIB = 1024 ** 2;

/** A run folder with the stores on it. */
const storesIn = (directory: string) => ({
  logs: new RunLogStore({
    directory: path.join(directory, 'logs'),
    bus: new MemoryEventBus(),
    maxBytes: 64 * MIB,
  }),
  artifacts: new ArtifactStore({ directory: path.join(directory, 'artifacts'), maxEntries: 100, maxBytes: 64 * MIB }),
});

describe('a server with another run folder', () => {
  const runId = newRunId();
  /** A run of another tenant's in the same folder. */
  const neighbour = newRunId();
  const log = randomBytes(3 * MIB);
  let root: string;
  let worker: ReturnType<typeof createWorkerServer>;
  let url: string;
  let known: KnownServer[];
  const opened: Peers[] = [];

  const serverAt = (id: string, at: string): KnownServer => ({ id, role: 'worker', runGroup: 'theirs', url: at });

  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'peers-'));
    const { logs, artifacts } = storesIn(path.join(root, 'theirs'));
    const writer = await logs.openWriter(runId, 1);
    await writer.append(0, log);
    await writer.close();
    const output = path.join(root, 'theirs/artifacts', runId, 'output');
    mkdirSync(output, { recursive: true });
    writeFileSync(path.join(output, 'report ü.md'), 'na\u00efve \ud83e\udd89');
    writeFileSync(path.join(output, 'empty'), '');
    writeFileSync(path.join(output, 'large'), Buffer.alloc(16 * MIB));
    const others = path.join(root, 'theirs/artifacts', neighbour, 'output');
    mkdirSync(others, { recursive: true });
    writeFileSync(path.join(others, 'secret'), 'not yours');
    worker = createWorkerServer({
      logger,
      readiness: () => Promise.resolve({ ok: true, reasons: [] }),
      peers: peerRoutes({ tokens: new PeerTokens(masterSecrets), logs, artifacts }),
    });
    url = `http://127.0.0.1:${(await worker.listen('127.0.0.1', 0)).port}`;
  });
  beforeEach(() => {
    known = [serverAt('b', url)];
  });
  afterAll(async () => {
    for (const peers of opened) await peers.close();
    await worker.close(1000);
    rmSync(root, { recursive: true });
  });

  /** What a server of the group `ours` reads. */
  const reader = ({ patienceMs = 500, secrets = masterSecrets } = {}) => {
    const directory = { ofGroup: async (group: string) => known.filter(({ runGroup }) => runGroup === group) };
    const peers = new Peers({ directory, tokens: new PeerTokens(secrets), logger });
    opened.push(peers);
    const groups = new RunGroups(
      { groupOf: async (id) => (id === runId || id === neighbour ? 'theirs' : undefined) },
      'ours',
    );
    const own = storesIn(path.join(root, 'ours'));
    return {
      logs: new SharedRunLogs({ own: own.logs, groups, peers, patienceMs }),
      artifacts: new SharedArtifacts({ own: own.artifacts, groups, peers }),
    };
  };

  it('reads a log byte for byte, in bounded pieces', async () => {
    const { logs } = reader();
    expect(await logs.size(runId)).toBe(log.length);
    const pieces: Buffer[] = [];
    for (let offset = 0; offset < log.length; offset += pieces.at(-1)!.length) {
      pieces.push(await logs.read(runId, offset, 10 * MIB));
      expect(pieces.at(-1)!.length).toBeLessThanOrEqual(MIB);
    }
    expect(Buffer.concat(pieces).equals(log)).toBe(true);
    expect(await logs.read(runId, log.length, 1)).toHaveLength(0);
    expect((await logs.read(runId, 7, 5)).equals(log.subarray(7, 12))).toBe(true);
  });

  it('says of a run that is queued, or not known, that it has no log', async () => {
    known = [];
    expect(await reader().logs.size(newRunId())).toBe(0);
    expect(await reader().artifacts.list(newRunId())).toEqual([]);
  });

  it('lists, shows and passes on what a run left, also a part of it', async () => {
    const { artifacts } = reader();
    expect((await artifacts.list(runId)).map(({ name }) => name)).toEqual([
      'output/empty',
      'output/large',
      'output/report ü.md',
    ]);
    expect(await artifacts.text(runId, 'output/report ü.md', 100)).toBe('na\u00efve \ud83e\udd89');
    expect(await artifacts.text(runId, 'output/report ü.md', 9)).toBe('na\u00efve ');
    expect(await artifacts.text(runId, 'output/empty', 9)).toBe('');
    expect(await artifacts.text(runId, 'output/none', 9)).toBeNull();
    const file = await artifacts.file(runId, 'output/report ü.md');
    if (file === undefined || 'path' in file) throw new Error('it lies elsewhere');
    const part = await file.open('bytes=0-1', new AbortController().signal);
    expect([part.statusCode, part.headers['content-range'], await text(part)]).toEqual([206, 'bytes 0-1/11', 'na']);
  });

  it('reads logs while more downloads than it keeps connections have stopped', async () => {
    const { artifacts, logs } = reader({ patienceMs: 5_000 });
    const left = new AbortController();
    const file = await artifacts.file(runId, 'output/large');
    if (file === undefined || 'path' in file) throw new Error('it lies elsewhere');
    try {
      const stopped = await Promise.all(Array.from({ length: 80 }, () => file.open(undefined, left.signal)));
      expect(stopped.map(({ statusCode, complete }) => [statusCode, complete])).toEqual(
        stopped.map(() => [200, false]),
      );
      expect((await logs.read(runId, 7, 5)).equals(log.subarray(7, 12))).toBe(true);
    } finally {
      left.abort();
    }
  }, 20_000);

  it.each(['../theirs', '..%2f..%2fsecret', 'output/../../x'])(
    'cannot be led out of the folder by %s',
    async (name) => {
      const { all } = new PeerTokens(masterSecrets);
      const headers = { authorization: `Bearer ${all[0]}` };
      expect((await fetch(`${url}/peer/runs/${runId}/artifacts/${name}`, { headers })).status).toBe(404);
      expect((await fetch(`${url}/peer/runs/${name}/log?offset=0&bytes=1`, { headers })).status).toBe(404);
    },
  );

  it.each([
    `../../${neighbour}/artifacts/output/secret`,
    `output/../../../${neighbour}/artifacts/output/secret`,
    `output/%2e%2e/%2e%2e/%2e%2e/${neighbour}/artifacts/output/secret`,
    '../log',
    'secret',
  ])("is not asked for another run's under the name %s", async (name) => {
    const { artifacts } = reader();
    expect(await artifacts.file(neighbour, 'output/secret')).toBeDefined();
    expect(await artifacts.text(runId, name, 100)).toBeNull();
    const file = await artifacts.file(runId, name);
    if (file === undefined) return;
    // A name that may be asked for stays one name below the run.
    if ('path' in file) throw new Error('it lies elsewhere');
    expect((await file.open(undefined, new AbortController().signal)).statusCode).toBe(404);
  });

  it('is asked for nothing but what the request names', async () => {
    const directory = { ofGroup: async () => known };
    const peers = new Peers({ directory, tokens: new PeerTokens(masterSecrets), logger });
    opened.push(peers);
    const request = { path: `/peer/runs/${runId}/../${neighbour}/log?offset=0&bytes=1`, patienceMs: 0 };
    await expect(peers.bytes('theirs', request, 1)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      cause: { message: expect.stringContaining('leads elsewhere') },
    });
  });

  it('goes on to the next server of the group when one is gone, fails, or does not answer', async () => {
    const failing: Server = createServer(express().use((_request, response) => void response.status(500).end()));
    const silent: TcpServer = createTcpServer();
    const portOf = async (server: Server | TcpServer): Promise<number> => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    };
    known = [
      serverAt('0', 'http://127.0.0.1:1'),
      serverAt('1', `http://127.0.0.1:${await portOf(failing)}`),
      serverAt('2', `http://127.0.0.1:${await portOf(silent)}`),
      serverAt('3', url),
    ];
    try {
      const { logs } = reader();
      expect(await logs.size(runId)).toBe(log.length);
      const before = performance.now();
      expect(await logs.size(runId)).toBe(log.length);
      // The others come last now.
      expect(performance.now() - before).toBeLessThan(1000);
    } finally {
      failing.close();
      silent.close();
    }
  }, 15_000);

  it('waits for a server of the group to come back, and not for ever', async () => {
    known = [];
    const waiting = reader({ patienceMs: 10_000 }).logs.size(runId);
    setTimeout(() => (known = [serverAt('b', url)]), 300);
    expect(await waiting).toBe(log.length);
    known = [serverAt('b', 'http://127.0.0.1:1')];
    await expect(reader().logs.size(runId)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('is read while the master secret is rotated: either one opens', async () => {
    const { primary, secondary } = masterSecrets;
    for (const secrets of [{ primary: randomBytes(32), secondary: primary }, { primary: secondary! }]) {
      expect(await reader({ secrets }).logs.size(runId)).toBe(log.length);
    }
    const stranger = reader({ secrets: { primary: randomBytes(32) } });
    await expect(stranger.logs.size(runId)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it.each([{}, { 'x-api-key': 'admin' }, { authorization: 'Bearer ' }, { authorization: 'Bearer admin' }])(
    'shows nothing to who has %j',
    async (headers) => {
      for (const asked of [`log?offset=0&bytes=1`, 'artifacts', 'artifacts/output/empty']) {
        const answer = await fetch(`${url}/peer/runs/${runId}/${asked}`, {
          headers: headers as Record<string, string>,
        });
        expect([answer.status, await answer.text()]).toEqual([401, expect.not.stringContaining('report')]);
      }
    },
  );

  describe('that carries out runs only', () => {
    it('answers health and no client', async () => {
      expect((await fetch(`${url}/livez`)).status).toBe(200);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const answer = await fetch(`${url}/graphql`, { method: 'POST', body: '{}', headers: { 'x-api-key': 'admin' } });
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('ROLE=api')]);
    });
  });
});
