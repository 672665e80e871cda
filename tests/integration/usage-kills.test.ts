import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../testkit/until.js';
import { UsageRig } from '../testkit/usage-rig.js';

const script = path.resolve(import.meta.dirname, '../testkit/journalling.mjs');
const KILLS = 8;
const START_MS = 30_000;

let rig: UsageRig;
let directory: string;
let acknowledgements: string;

beforeAll(async () => {
  rig = await UsageRig.create();
});
afterAll(() => rig?.close());
beforeEach(async () => {
  await rig.newRun();
  directory = mkdtempSync(path.join(tmpdir(), 'kills-'));
  acknowledgements = path.join(directory, 'acknowledged');
});

const acknowledged = (what: string): string[] => {
  const lines = readFileSync(acknowledgements, { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith(what)).map((line) => line.slice(what.length + 1));
};

/** Of what was acknowledged, some 45 bytes a record. */
const size = (): number => statSync(acknowledgements, { throwIfNoEntry: false })?.size ?? 0;

/** `fileKiB`: how large its files may become. */
function start(how: 'until-killed' | 'until-full', fileKiB = 'unlimited') {
  const args = [script, how, directory, rig.url, rig.instanceId, rig.runId, acknowledgements];
  const child = spawn('bash', ['-c', `ulimit -S -f ${fileKiB}; exec "$@"`, 'bash', process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output };
}

const sums = async () => {
  const range = { from: new Date(Date.now() - 24 * 60 * 60 * 1000), to: new Date() };
  const rows = await rig.service.sums(rig.actor, rig.instanceId, range, []);
  expect(rows).toHaveLength(1);
  return rows[0]!.figures;
};

afterEach(() => rmSync(directory, { recursive: true }));

describe('a server that is killed while it makes calls', () => {
  it('loses and doubles none, and lists those that were under way', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const before = size();
      const { child } = start('until-killed');
      await until(() => size() > before + 50_000, START_MS);
      await sleep(Math.random() * 200);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const { meter } = await rig.meter({ directory });
    await meter.close();

    const [begun, ended] = [acknowledged('began'), new Set(acknowledged('ended'))];
    const { requestCount, unknownCount, ...figures } = await sums();
    // What was written in the moment of a kill was not acknowledged any more: one call at most for each.
    expect(requestCount).toBeGreaterThanOrEqual(ended.size);
    expect(requestCount).toBeLessThanOrEqual(ended.size + KILLS);
    expect(requestCount + unknownCount).toBeGreaterThanOrEqual(begun.length);
    expect(requestCount + unknownCount).toBeLessThanOrEqual(begun.length + KILLS);
    expect(figures).toMatchObject({ inputTokens: requestCount, outputTokens: 2 * requestCount, errorCount: 0 });
    expect(figures.reasoningTokens).toBe(5 * requestCount);
    expect(await rig.figuresOfRun()).toMatchObject({
      ...{ request_count: String(requestCount), unknown_count: String(unknownCount) },
    });

    const page = await rig.unknownCalls.list(
      rig.actor,
      { instanceId: rig.instanceId },
      { limit: 100 },
      { withTotal: true },
    );
    const listed = new Set(page.items.map(({ id }) => id));
    expect([page.totalCount, listed.size]).toEqual([unknownCount, unknownCount]);
    expect([...listed].filter((id) => ended.has(id))).toEqual([]);
    const forgotten = begun.filter((id) => !ended.has(id) && !listed.has(id));
    expect(forgotten.length).toBe(requestCount - ended.size);
    expect(readdirSync(directory)).toEqual(['acknowledged']);
    expect(await rig.appliedSegments(directory)).toEqual([]);
  });
});

describe('a server whose disk is full', () => {
  it('sends no further call, keeps the ends of those under way, and counts all once there is room again', async () => {
    const { child, output } = start('until-full', '64');
    await until(() => acknowledged('full').length > 0, START_MS);
    const begun = acknowledged('began').length;
    expect(begun).toBeGreaterThan(100);
    await sleep(200);
    expect(acknowledged('began')).toHaveLength(begun);
    expect(output().match(/cannot be written to the usage journal/g)).toHaveLength(1);

    expect(spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']).status).toBe(0);
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(output().match(/the usage journal is written again/g)).toHaveLength(1);
    const made = acknowledged('began').length;
    expect(made).toBe(begun + 1);
    expect(await sums()).toMatchObject({ requestCount: made, unknownCount: 0, limitedCount: 1000 });
    expect(readdirSync(directory)).toEqual(['acknowledged']);
  });
});
