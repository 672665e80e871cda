import { describe, expect, it } from '@jest/globals';
import { GatewayRig } from '../../../tests/testkit/gateway-rig.js';
import { until } from '../../../tests/testkit/until.js';

const bearer = { authorization: 'Bearer key-of-this-run' };

describe('the memory of a run', () => {
  const MIB = 1024 * 1024;
  const requestOf = (bytes: number): string => '{"store":false}'.padEnd(bytes);

  it("holds 64 MiB of its calls' bodies at once: the call that would hold more is refused, and may come again", async () => {
    const patience = { firstByteTimeoutMs: 60_000 };
    const rig = await GatewayRig.start({ provider: 'openai', aiAgent: 'CODEX_CLI' }, patience);
    // The provider keeps the first two calls waiting.
    rig.answer = () => undefined;
    const waiting = [1, 2].map(() => rig.begin('POST', '/openai/v1/responses', bearer, requestOf(31 * MIB)));
    await until(() => rig.received.length === 2, 30_000);
    const refused = await rig.call('POST', '/openai/v1/responses', bearer, requestOf(3 * MIB));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect(refused.headers).not.toHaveProperty('x-should-retry');
    expect(JSON.parse(refused.body.toString())).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    expect(await rig.recorded()).toMatchObject({ outcome: 'FAILED', status: 429, error: 'REFUSED' });

    waiting[0]!.sent.destroy();
    await until(() => rig.calls.length === 2, 30_000);
    rig.answer = (_request, response) => void response.end('{}');
    expect((await rig.call('POST', '/openai/v1/responses', bearer, requestOf(3 * MIB))).status).toBe(200);
    waiting[1]!.sent.destroy();
    await rig.close();
  }, 60_000);

  it('is given back by calls that fail in the gateway itself', async () => {
    const settle = (): never => {
      throw new Error('a fault of the gate');
    };
    const gate = { admit: () => Promise.resolve({ admitted: true as const, settle }) };
    const options = { gate, upstreamUrl: 'http://127.0.0.1:1' };
    const rig = await GatewayRig.start({ provider: 'openai', aiAgent: 'CODEX_CLI' }, options);
    for (let calls = 0; calls < 3; calls++) {
      // Cut, not refused for what an earlier one holds.
      await expect(rig.call('POST', '/openai/v1/responses', bearer, requestOf(31 * MIB))).rejects.toThrow();
    }
    await rig.close();
  }, 60_000);
});
