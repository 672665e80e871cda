import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import type { ModelRequest, ModelResponse, ModelUpstream } from '../../ports/model-upstream.js';
import { ConnectionProber } from './connection-prober.js';
import { anthropicProbe } from './probes/anthropic-probe.js';

const probing = (send: (request: ModelRequest) => Promise<ModelResponse>) => {
  const upstream: ModelUpstream = { kind: 'http', send, close: () => Promise.resolve() };
  return new ConnectionProber({ upstream, timeoutMs: 100 }).probe({
    ...{ probe: anthropicProbe, model: 'claude-x', key: 'key-0123456789', baseUrl: null },
  });
};
const answering = (body: Readable): ModelResponse => ({ status: 200, headers: {}, body });
const message = JSON.stringify({ type: 'message', model: 'claude-x' });

describe('ConnectionProber', () => {
  it('gives the model that answered', async () => {
    expect(await probing(async () => answering(Readable.from([Buffer.from(message)])))).toEqual({
      ...{ ok: true, latencyMs: expect.any(Number), model: 'claude-x', failure: null },
    });
  });

  it('waits no longer for an upstream that does not heed its signal, and ends what comes late', async () => {
    const sent = Promise.withResolvers<ModelResponse>();
    expect(await probing(() => sent.promise)).toMatchObject({ ok: false, failure: { class: 'TIMEOUT' } });
    const late = new PassThrough();
    sent.resolve(answering(late));
    await once(late, 'close');
  });

  it('ends an answer that does not end', async () => {
    const endless = new PassThrough();
    endless.write('{');
    expect(await probing(async () => answering(endless))).toMatchObject({ failure: { class: 'TIMEOUT' } });
    expect(endless.destroyed).toBe(true);
  });

  it('reads 64 KiB and not a byte more', async () => {
    const padded = (length: number) => Readable.from([Buffer.from(message.padEnd(length))]);
    expect(await probing(async () => answering(padded(64 * 1024)))).toMatchObject({ ok: true });
    const tooLong = padded(64 * 1024 + 1);
    expect(await probing(async () => answering(tooLong))).toMatchObject({ failure: { class: 'UPSTREAM' } });
    expect(tooLong.destroyed).toBe(true);
  });

  it('takes a call that fails for a failure of its own, once', async () => {
    let calls = 0;
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const failing = probing(() => {
      calls += 1;
      return Promise.reject(refused);
    });
    expect(await failing).toMatchObject({ ok: false, model: null, failure: { class: 'UPSTREAM' } });
    expect(calls).toBe(1);
  });
});
