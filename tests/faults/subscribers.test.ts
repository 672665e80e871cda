// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { residentBytes } from '../testkit/faults/process-figures.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle } from '../testkit/faults/settle.js';
import { awaitNoContainer } from '../testkit/docker.js';
import { awaitRun, followOutput, startTriage } from '../testkit/triage.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start();
});
afterAll(() => rig?.close());

const SUCCEEDED = { state: 'SUCCEEDED', log: { complete: true } };
const MIB = 1024 ** 2;

describe('subscribers', () => {
  faultRow(
    {
      row: 'stalled subscriber',
      expected: 'memory flat, the others unaffected, resumes at its offset',
      injected: 'sockets paused while 20 MB are printed',
    },
    async () => {
      const stalled = faultLoad.stalled * 5;
      // One log that is large against whatever a socket may hold; the first time nobody stalls, which warms the server up.
      const large = { containers: 1, lines: 200_000, linesPerSecond: 40_000 };
      await settle(rig, await startLoad(rig, { ...large, subscribers: stalled + 5, stalled: 0 }));
      const before = await residentBytes(rig.server.pid);
      const load = await startLoad(rig, { ...large, subscribers: stalled + 5, stalled });
      await underWay(rig, load);
      const run = await awaitRun(rig.client, load.runs[0]!.id);
      const live = load.followers.slice(stalled);
      await Promise.all(live.map((follower) => follower.reach(run.log.bytes, 20)));
      const grown = (await residentBytes(rig.server.pid)) - before;
      for (const follower of load.followers.slice(0, stalled)) expect(follower.nextOffset).toBeLessThan(run.log.bytes);
      // Kept for each of them it would be 27 MB each, in BASE64.
      expect(grown).toBeLessThan(96 * MIB);
      const settled = await settle(rig, load);
      expect(settled.runs).toMatchObject([SUCCEEDED]);
      return settled;
    },
  );

  faultRow(
    {
      row: 'reconnect from an offset × 100 at random',
      expected: 'what was read, joined, is the file',
      injected: 'sockets cut after 1 to 8 pieces',
    },
    async () => {
      let turn = 0;
      // Steps through 1 to 8 without a pattern that sockets share.
      const dropAfterChunks = (): number => 1 + ((turn += 5) % 8);
      const subscribers = Math.min(faultLoad.subscribers, 20);
      const load = await startLoad(rig, { subscribers, stalled: 0, follower: { dropAfterChunks } });
      const settled = await settle(rig, load);
      expect(settled.runs).toMatchObject(settled.runs.map(() => SUCCEEDED));
      const reconnects = load.followers.reduce((sum, { connections }) => sum + connections - 1, 0);
      expect(reconnects).toBeGreaterThanOrEqual(100);
      return settled;
    },
  );

  faultRow(
    {
      row: '10 MB line, split UTF-8, NUL, ANSI',
      expected: 'bounded memory, bytes exact on disk, valid UTF-8 to subscribers',
      injected: 'fake agent, 50 MB beside the load',
    },
    async () => {
      const load = await startLoad(rig);
      const before = await residentBytes(rig.server.pid);
      const incident = JSON.stringify({ id: 'awkward', fakeAgent: { bytes: 50_000_000 } });
      const { id } = await startTriage(rig.client, { instanceId: await rig.instanceId(), prompt: 'Print.', incident });
      const [exact, text] = await Promise.all([followOutput(rig.client, id), followText(id)]);
      expect((await residentBytes(rig.server.pid)) - before).toBeLessThan(256 * MIB);
      expect(await awaitRun(rig.client, id)).toMatchObject(SUCCEEDED);
      await awaitNoContainer(id);
      const file = await readFile(path.join(rig.folder.path, 'run-logs', `${id}.log`));
      const digest = await readFile(path.join(rig.folder.path, 'artifacts', id, 'output/digest.json'), 'utf8');
      const sha256 = createHash('sha256').update(file).digest('hex');
      expect(JSON.parse(digest)).toEqual({ bytes: file.length, sha256 });
      expect(exact.bytes.equals(file)).toBe(true);
      expect(text === new TextDecoder('utf-8', { ignoreBOM: true }).decode(file)).toBe(true);
      const settled = await settle(rig, load);
      expect(settled.runs).toMatchObject(settled.runs.map(() => SUCCEEDED));
      return settled;
    },
  );
});

const AS_TEXT = `subscription ($runId: ID!) { triageOutput(runId: $runId, fromOffset: 0, encoding: UTF8) { data } }`;

async function followText(runId: string): Promise<string> {
  const pieces: string[] = [];
  for await (const { triageOutput } of rig.client.subscribe<{ triageOutput: { data: string } }>(AS_TEXT, { runId }))
    pieces.push(triageOutput.data);
  return pieces.join('');
}
