// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { numberedLines } from '../testkit/faults/numbered-log.js';
import { startLoad, underWay, type LoadOptions } from '../testkit/faults/running-load.js';
import { settle } from '../testkit/faults/settle.js';
import type { RunView } from '../testkit/triage.js';

const run = promisify(execFile);
const MIB = 1024 ** 2;
const CAP = 64 * MIB;
/** Room for ten times what the others print, which is then more than the part of it that long logs must leave. */
const DISK_MIB = faultLoad.containers * 20;

const SUCCEEDED = { state: 'SUCCEEDED', failure: null, log: { complete: true, truncated: false } };
const ENDED_FULL = { state: 'FAILED', failure: { code: 'LOG_LIMIT' }, log: { complete: false, truncated: true } };

/** One agent that prints more than there is room for, as fast as it can, and the load beside it. */
const greedy = (lines: number): LoadOptions => ({
  lines: faultLoad.linesPerSecond * 10,
  agent: (index) => (index === 0 ? numberedLines(lines, 1_000_000) : {}),
});

const isAlive = async (): Promise<boolean> =>
  (await rig.client.request('{ instances(limit: 1) { items { id } } }')).status === 200;

function expectOnlyFirstEnded([first, ...others]: readonly RunView[]): void {
  expect(first).toMatchObject(ENDED_FULL);
  expect(others).toMatchObject(others.map(() => SUCCEEDED));
}

let rig: FaultRig;

describe('a log that has no more room', () => {
  const disk = async (dataDir: string): Promise<() => Promise<unknown>> => {
    const logs = path.join(dataDir, 'run-logs');
    await mkdir(logs, { mode: 0o700 });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=0700`, 'tmpfs', logs]);
    return () => run('umount', [logs]);
  };
  beforeAll(async () => {
    rig = await FaultRig.start({ prepare: disk });
  });
  afterAll(() => rig?.close());

  faultRow(
    {
      row: 'disk filled by a log',
      expected: 'flagged truncated and ended, API alive, other runs unaffected',
      injected: `${DISK_MIB} MiB of tmpfs, one agent that prints more`,
    },
    async () => {
      const load = await startLoad(rig, greedy(DISK_MIB * 11_000));
      const settled = await settle(rig, load);
      expect(await isAlive()).toBe(true);
      expectOnlyFirstEnded(settled.runs);
      return settled;
    },
  );

  faultRow(
    {
      row: 'disk full to its last byte',
      expected: 'who prints is flagged and ended, API alive, runs succeed when there is room again',
      injected: 'a file in all the room that is left',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      const filler = path.join(rig.folder.path, 'run-logs/filler');
      await fill(filler);
      const settled = await settle(rig, load);
      expect(await isAlive()).toBe(true);
      expect(settled.runs).toMatchObject(settled.runs.map(() => ENDED_FULL));
      await rm(filler);
      const after = await settle(rig, await startLoad(rig, { containers: 1, subscribers: 1, stalled: 0, lines: 100 }));
      expect(after.runs).toMatchObject([SUCCEEDED]);
      expect(after.faults).toEqual([]);
      return settled;
    },
  );
});

describe('a log with a cap', () => {
  beforeAll(async () => {
    rig = await FaultRig.start({ environment: { MAX_LOG_SIZE: '64m' } });
  });
  afterAll(() => rig?.close());

  faultRow(
    {
      row: 'log over its cap',
      expected: 'flagged truncated and ended at the cap, other runs unaffected',
      injected: 'MAX_LOG_SIZE=64m, one agent that prints 70 MB',
    },
    async () => {
      const settled = await settle(rig, await startLoad(rig, greedy(700_000)));
      expectOnlyFirstEnded(settled.runs);
      expect(settled.runs[0]!.log.bytes).toBe(CAP);
      return settled;
    },
  );
});

/** Takes what room is left, of the small disk that was made for it and of no other. */
async function fill(file: string): Promise<void> {
  const { blocks, bsize } = await statfs(path.dirname(file));
  if (blocks * bsize !== DISK_MIB * MIB) throw new Error(`${file} would fill a disk that is not the test's own`);
  await using handle = await open(file, 'w');
  for (let size = MIB; size >= 1; size = Math.floor(size / 16)) {
    const piece = Buffer.alloc(size);
    const grow = (): Promise<boolean> =>
      handle.write(piece).then(
        ({ bytesWritten }) => bytesWritten > 0,
        () => false,
      );
    while (await grow());
  }
}
