import { afterEach, describe, expect, it } from '@jest/globals';
import { GatewayRig } from '../../../tests/testkit/gateway-rig.js';
import { until } from '../../../tests/testkit/until.js';
import { newRunId } from '../../kernel/ids.js';
import { MAX_REFUSED_A_MINUTE } from './refusal-bound.js';
import type { ModelCallGate } from './types.js';

const CLAUDE = { aiAgent: 'CLAUDE_CODE', provider: 'anthropic' } as const;
const KEY = { 'x-api-key': 'key-of-this-run' };
const MESSAGES = '/anthropic/v1/messages';

let rig: GatewayRig;
afterEach(() => rig.close());

const told = (text: string): unknown[] =>
  rig.logged.split('\n').flatMap((line) => (line.includes(text) ? [JSON.parse(line) as unknown] : []));

describe('an agent that does not stop asking', () => {
  it('has what it is refused for told once a minute and run, and counted each time', async () => {
    rig = await GatewayRig.start(CLAUDE);
    const refused = () => rig.call('POST', MESSAGES, KEY, 'no JSON');
    for (let i = 0; i < 20; i++) expect((await refused()).status).toBe(403);
    expect(told('nothing was sent')).toMatchObject([{ failure: 'notAllowed', leftOut: 0 }]);
    rig.caller = { ...rig.caller, runId: newRunId() };
    await refused();
    expect(told('nothing was sent')).toHaveLength(2);
    expect(rig.calls.map(({ error }) => error)).toEqual(Array.from({ length: 21 }, () => 'REFUSED'));
  });

  it('has it told once a minute and run that its calls cannot be limited', async () => {
    rig = await GatewayRig.start(CLAUDE, { gate: { admit: () => Promise.reject(new Error('away')) } });
    for (let i = 0; i < 20; i++) expect((await rig.call('POST', MESSAGES, KEY, '{}')).status).toBe(503);
    expect(told('could not be limited')).toMatchObject([{ leftOut: 0 }]);
  });
});

describe('a run that asks too often for what is refused', () => {
  const refused = () => rig.call('POST', MESSAGES, KEY, 'no JSON');
  const flood = async (): Promise<void> => {
    for (let asked = 0; asked < MAX_REFUSED_A_MINUTE; asked += 20)
      await Promise.all(Array.from({ length: 20 }, refused));
  };

  it('is heard no more for the rest of the minute, told so once; its calls are neither read nor counted, and others go on', async () => {
    rig = await GatewayRig.start(CLAUDE);
    const { caller } = rig;
    await flood();
    expect(rig.calls).toHaveLength(MAX_REFUSED_A_MINUTE);
    for (const answer of [await refused(), await rig.call('POST', MESSAGES, KEY, '{}')]) {
      expect(answer).toMatchObject({ status: 429, headers: { 'x-triaged-failure': 'tooManyRefused' } });
      const seconds = Number(answer.headers['retry-after']);
      expect([seconds > 0, seconds <= 60]).toEqual([true, true]);
      expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { type: 'rate_limit_error' } });
    }
    // Nothing of it is waited for.
    const { sent, head } = rig.begin('POST', MESSAGES, { ...KEY, 'content-length': '1000000' });
    expect((await head).statusCode).toBe(429);
    sent.destroy();
    expect(rig.calls).toHaveLength(MAX_REFUSED_A_MINUTE);
    expect(told('too often for what is refused')).toHaveLength(1);

    rig.caller = { ...caller, runId: newRunId() };
    expect((await rig.call('POST', MESSAGES, KEY, '{}')).status).toBe(200);
    // A call of no run is one of the tenant, whose quota bounds it.
    rig.caller = { ...caller, runId: null };
    await flood();
    expect((await rig.call('POST', MESSAGES, KEY, '{}')).status).toBe(200);
  });

  it('is heard when it is the server that cannot', async () => {
    rig = await GatewayRig.start(CLAUDE, { gate: { admit: () => Promise.reject(new Error('away')) } });
    const ask = () => rig.call('POST', MESSAGES, KEY, '{}');
    for (let asked = 0; asked <= MAX_REFUSED_A_MINUTE; asked += 20) await Promise.all(Array.from({ length: 20 }, ask));
    expect((await ask()).status).toBe(503);
  });
});

describe('calls that fail without end', () => {
  it('are told of sixty times a minute and run, and counted each time', async () => {
    rig = await GatewayRig.start(CLAUDE, { upstreamUrl: 'http://127.0.0.1:1' });
    for (let i = 0; i < 70; i++) expect((await rig.call('POST', MESSAGES, KEY, '{}')).status).toBe(502);
    expect(told('a model call failed')).toHaveLength(60);
    expect(told('got no answer')).toHaveLength(60);
    rig.caller = { ...rig.caller, runId: newRunId() };
    await rig.call('POST', MESSAGES, KEY, '{}');
    expect(told('a model call failed')).toHaveLength(61);
    expect(rig.calls.map(({ error }) => error)).toEqual(Array.from({ length: 71 }, () => 'UNREACHABLE'));
  });

  it('are told of sixty times when their agent cuts them', async () => {
    rig = await GatewayRig.start(CLAUDE);
    rig.answer = (_request, response) => void response.writeHead(200).write('{');
    for (let i = 1; i <= 65; i++) {
      const answer = await rig.begin('POST', MESSAGES, KEY, '{}').head;
      answer.destroy();
      await until(() => rig.calls.length === i);
    }
    expect(told('was cut')).toHaveLength(60);
  });
});

describe('an agent that goes away before its call is admitted', () => {
  it('has made no call, and holds nothing', async () => {
    const admitted = Promise.withResolvers<void>();
    const settled: unknown[] = [];
    let asked = false;
    const gate: ModelCallGate = {
      admit: async () => {
        asked = true;
        await admitted.promise;
        return { admitted: true, settle: (call) => void settled.push(call) };
      },
    };
    rig = await GatewayRig.start(CLAUDE, { gate });
    const { sent } = rig.begin('POST', MESSAGES, KEY, '{}');
    sent.on('error', () => undefined);
    await until(() => asked);
    sent.destroy();
    await until(() => rig.departed > 0);
    admitted.resolve();
    await until(() => settled.length > 0);
    expect([settled, rig.calls, rig.received]).toEqual([[undefined], [], []]);
  });
});
