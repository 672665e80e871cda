import { afterEach, describe, expect, it } from '@jest/globals';
import { GatewayRig } from '../../../tests/testkit/gateway-rig.js';
import { until } from '../../../tests/testkit/until.js';

let rig: GatewayRig;
afterEach(() => rig.close());

describe('keys where none belongs', () => {
  it.each([
    ['of the call', 'key-of-this-run'],
    ['of somebody', 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz'],
  ])('are neither logged nor kept, in a path or as a model: %s', async (_whose, key) => {
    rig = await GatewayRig.start({ aiAgent: 'CLAUDE_CODE', provider: 'anthropic' });
    const withKey = { 'x-api-key': rig.caller.credential };
    rig.answer = (_request, response) => void response.writeHead(500).end('{}');
    await rig.call('GET', `/anthropic/v1/models/${key}`, withKey);
    await until(() => rig.logged.includes('a model call failed'));
    expect(rig.logged).toContain('"path":"/v1/models/*');
    rig.answer = (_request, response) => {
      const answer = { type: 'error', model: `of ${key}`, usage: { input_tokens: 7, output_tokens: 9 } };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    };
    await rig.call('POST', '/anthropic/v1/messages', withKey, '{}');
    await until(() => rig.calls.length === 2);
    expect(rig.calls[1]).toMatchObject({ status: 200, model: `of ${'*'.repeat(key.length)}` });
    expect(rig.logged).not.toContain(key);
  });

  it.each(['key-of-this-run', 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz'])('are not told in part: %s', async (key) => {
    rig = await GatewayRig.start({ aiAgent: 'GEMINI_CLI', provider: 'google' });
    rig.answer = (_request, response) => void response.writeHead(500).end('{}');
    const before = '/v1beta/models/'.padEnd(4096 - key.length + 1, '.');
    const path = `/google${before}${key}:generateContent`;
    expect((await rig.call('POST', path, { 'x-goog-api-key': rig.caller.credential }, '{}')).status).toBe(500);
    await until(() => rig.logged.includes('a model call failed'));
    expect(rig.logged).toContain(`${before}${'*'.repeat(key.length - 1)}"`);
  });
});
