import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { OutputChunk } from '../../sdk/src/index.js';
import { ConnectionLost, ForbiddenError, NotFoundError, Triaged, UnauthenticatedError } from '../../sdk/src/index.js';
import { openTcpGate, type TcpGate } from '../testkit/tcp-gate.js';
import { startTenantsServer, type TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, createInstance } from '../testkit/triage.js';

let server: TenantsServer;
let gate: TcpGate;
let instanceId: string;
const clients: Triaged[] = [];

beforeAll(async () => {
  server = await startTenantsServer({ tenants: ['acme', 'other'], environment: { RATE_LIMIT_REQUESTS: '100000' } });
  gate = await openTcpGate('127.0.0.1', Number(new URL(server.url).port));
  instanceId = await createInstance(server.client('acme', 'ADMIN'));
}, 120_000);
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await gate?.close();
  await server?.close();
});

function client(options: { url?: string; apiKey?: string; silenceMs?: number } = {}): Triaged {
  const made = new Triaged({ url: server.url, apiKey: server.key('acme', 'OPERATOR'), ...options });
  clients.push(made);
  return made;
}
const throughGate = (): string => `http://127.0.0.1:${gate.port}`;

const start = (fakeAgent: object) =>
  client().startTriage({ instanceId, prompt: 'Why?', incident: JSON.stringify({ fakeAgent }) });

async function collect(chunks: AsyncIterable<OutputChunk>, onChunk: (count: number) => void = () => undefined) {
  const pieces: Uint8Array[] = [];
  let text = '';
  for await (const chunk of chunks) {
    pieces.push(chunk.bytes);
    text += chunk.text;
    onChunk(pieces.length);
  }
  return { bytes: Buffer.concat(pieces), text };
}

/** The agent's last line is the digest of all before. */
function expectWhole(bytes: Buffer): void {
  const end = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  const digest = createHash('sha256').update(bytes.subarray(0, end)).digest('hex');
  expect(bytes.subarray(end).toString()).toBe(`sha256 ${digest}\n`);
}

describe('triageOutput', () => {
  it('gives every byte of a live run, once and in order, over 50 lost connections', async () => {
    const run = await start({ lines: 6000, linesPerSecond: 500, bytesPerLine: 200 });
    const resumed: number[] = [];
    const cut = (): void => {
      gate.shut();
      gate.open();
    };
    const output = client({ url: throughGate() }).triageOutput(run.id, {
      firstDelayMs: 5,
      onReconnect: ({ offset }) => void resumed.push(offset),
    });
    const { bytes, text } = await collect(output, () => resumed.length < 50 && cut());
    expect(resumed).toHaveLength(50);
    expect(new Set(resumed).size).toBeGreaterThan(25);
    expect(text).toBe(bytes.toString());
    expectWhole(bytes);
    expect(bytes.length).toBe((await awaitRun(server.client('acme'), run.id)).log.bytes);
  }, 120_000);

  it('begins at an offset, also when the run has ended', async () => {
    const run = await start({ lines: 20 });
    const { bytes } = await collect(client().triageOutput(run.id));
    const rest = await collect(client().triageOutput(run.id, { fromOffset: 100 }));
    expect(rest.bytes.equals(bytes.subarray(100))).toBe(true);
  });

  it('comes back when the route is lost without a word', async () => {
    const run = await start({ lines: 40, linesPerSecond: 10 });
    let losses = 0;
    const output = client({ url: throughGate(), silenceMs: 500 }).triageOutput(run.id, {
      onReconnect: () => void (losses += 1),
    });
    const { bytes } = await collect(output, (count) => count === 3 && gate.blackHole());
    expect(losses).toBeGreaterThan(0);
    expectWhole(bytes);
  }, 60_000);

  it.each([
    ['unknown', () => client(), '00000000-0000-7000-8000-000000000000', NotFoundError],
    ["another tenant's", () => client({ apiKey: server.key('other', 'ADMIN') }), undefined, ForbiddenError],
    ['asked for with no valid key', () => client({ apiKey: 'tri_wrong' }), undefined, UnauthenticatedError],
  ])('throws at once for a run that is %s', async (_name, asking, id, kind) => {
    const runId = id ?? (await start({ lines: 1 })).id;
    const reconnects: unknown[] = [];
    const output = asking().triageOutput(runId, { onReconnect: (event) => void reconnects.push(event) });
    await expect(output.next()).rejects.toBeInstanceOf(kind);
    expect(reconnects).toEqual([]);
  });

  it('ends with what its signal was aborted for, and with the client', async () => {
    const run = await start({ lines: 1, hangSeconds: 60 });
    const stopping = new AbortController();
    const stopped = client().triageOutput(run.id, { signal: stopping.signal });
    expect((await stopped.next()).value?.text).toContain('line 1 ');
    const next = stopped.next();
    stopping.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');

    const closing = client();
    const cut = closing.triageOutput(run.id);
    await cut.next();
    const last = cut.next();
    closing.close();
    await expect(last).rejects.toThrow('The client was closed.');
    await client().cancelTriage(run.id);
  });

  it('gives up after the failures that were allowed', async () => {
    const nowhere = client({ url: 'http://127.0.0.1:9' }).triageOutput('any', { maxFailures: 2, firstDelayMs: 1 });
    await expect(nowhere.next()).rejects.toBeInstanceOf(ConnectionLost);
  });
});

describe('triageRunChanged', () => {
  it('tells the states of a run until its end, over lost connections', async () => {
    const run = await start({ lines: 30, linesPerSecond: 10 });
    const states: string[] = [];
    let losses = 0;
    const changes = client({ url: throughGate() }).triageRunChanged(run.id, { onReconnect: () => void (losses += 1) });
    for await (const { state } of changes) {
      states.push(state);
      if (state === 'RUNNING' && losses === 0) {
        gate.shut();
        gate.open();
      }
    }
    expect(losses).toBe(1);
    expect(states.at(-1)).toBe('SUCCEEDED');
  }, 60_000);
});
