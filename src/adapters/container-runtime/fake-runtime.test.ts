import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { RunRig } from '../../../tests/testkit/run-rig.js';
import { FakeRuntime } from './fake-runtime.js';

const runtime = new FakeRuntime();
let rig: RunRig;
afterEach(async () => {
  await runtime.close();
  await rig.close();
});

async function startFake(
  fakeAgent: Record<string, unknown>,
  more: { timeoutSeconds?: number; graceSeconds?: number } = {},
) {
  rig = await RunRig.create();
  await rig.open();
  const contentBase64 = Buffer.from(JSON.stringify({ fakeAgent })).toString('base64');
  const bootstrap = rig.bootstrap();
  const files = [{ path: `${bootstrap.workspace}/incident.json`, mode: 0o600, contentBase64 }];
  Object.assign(rig, { bootstrap: () => ({ ...bootstrap, ...more, files }) });
  const handle = await runtime.create({
    runId: rig.runId,
    aiAgent: 'CLAUDE_CODE',
    channelDirectory: rig.channel!.directory,
    memoryFolders: [],
    memoryBytes: 1,
    cpus: 1,
    pids: 1,
  });
  await runtime.start(handle);
  return { handle, state: () => runtime.wait(handle, AbortSignal.timeout(10_000)) };
}

const logOf = async (): Promise<string> => readFile(rig.store.path(rig.runId), 'utf8');

describe('the fake runtime', () => {
  it('prints what the incident asks for, with its digest last, and exits with its code', async () => {
    const { state } = await startFake({ lines: 1000, bytesPerLine: 100, exitCode: 3 });
    expect(await state()).toEqual({ kind: 'exited', exitCode: 3, outOfMemory: false });
    const lines = (await logOf()).split(/(?<=\n)/);
    expect(lines).toHaveLength(1001);
    expect(lines[0]).toHaveLength(100);
    const digest = createHash('sha256').update(lines.slice(0, 1000).join('')).digest('hex');
    expect(lines[1000]).toBe(`sha256 ${digest}\n`);
    expect(rig.reports).toMatchObject([{ exitCode: 3, signal: null, timedOut: false, outputBytes: 100_000 + 72 }]);
    expect(rig.artifacts).toHaveLength(1);
  });

  it('ends by TERM with a report', async () => {
    const { handle, state } = await startFake({ hangSeconds: 60 });
    while (rig.log!.size === 0) await new Promise(setImmediate);
    await runtime.stop(handle, 5000);
    expect(await state()).toMatchObject({ exitCode: 143 });
    expect(rig.reports).toMatchObject([{ exitCode: null, signal: 'SIGTERM', timedOut: false }]);
  });

  it('is killed after the grace when it ignores TERM, then says so', async () => {
    const { state } = await startFake(
      { hangSeconds: 60, ignoreTerm: true },
      { timeoutSeconds: 0.2, graceSeconds: 0.2 },
    );
    expect(await state()).toMatchObject({ exitCode: 124 });
    expect(rig.reports).toMatchObject([{ exitCode: null, signal: 'SIGKILL', timedOut: true }]);
  });

  it('vanishes without a report when it crashes or is killed from outside', async () => {
    const { state } = await startFake({ crash: true });
    expect(await state()).toMatchObject({ exitCode: 137 });
    await rig.close();
    const { handle, state: second } = await startFake({ hangSeconds: 60, ignoreTerm: true }, { graceSeconds: 60 });
    await runtime.stop(handle, 50);
    expect(await second()).toMatchObject({ exitCode: 137 });
    expect(rig.reports).toEqual([]);
  });

  it('lists what was created until it is removed; a handle that is gone is no error', async () => {
    const { handle, state } = await startFake({ hangSeconds: 60 });
    expect(await runtime.list()).toEqual([{ runId: rig.runId, handle }]);
    const waiting = state();
    await runtime.remove(handle);
    expect(await waiting).toBeUndefined();
    expect(await runtime.inspect(handle)).toBeUndefined();
    await runtime.stop(handle, 0);
    await runtime.remove(handle);
    expect(await runtime.list()).toEqual([]);
  });
});
