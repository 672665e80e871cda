import { afterEach, describe, expect, it } from '@jest/globals';
import { GatewayRig } from '../../../tests/testkit/gateway-rig.js';
import { Place } from './inspection/place.js';
import { inlineData, jsonSchema } from './inspection/rules.js';

let rig: GatewayRig | undefined;
afterEach(() => rig?.close());
const key = { authorization: 'Bearer key-of-this-run' };

describe('what stands beside a body', () => {
  it("holds a model in Google's path to the rule for models", async () => {
    rig = await GatewayRig.start({ aiAgent: 'GEMINI_CLI', provider: 'google' });
    const path = '/google/v1beta/models/gemini-deep-research:generateContent';
    expect((await rig.call('POST', path, key, '{}')).status).toBe(403);
    rig.allow('WEB_SEARCH');
    expect((await rig.call('POST', path, key, '{}')).status).toBe(200);
  });

  it('passes no header that makes another call, another payer or another form of answer', async () => {
    rig = await GatewayRig.start({ aiAgent: 'GEMINI_CLI', provider: 'google' });
    const names = [
      'x-method-override',
      'x-http-method',
      'x-original-url',
      'x-rewrite-url',
      'openai-organization',
      'openai-project',
    ];
    const headers = {
      ...key,
      ...Object.fromEntries(names.map((name) => [name, 'x'])),
      accept: 'application/x-protobuf',
    };
    await rig.call('POST', '/google/v1beta/models/m:generateContent', headers, '{}');
    const sent = rig.received[0]!.message.headers;
    expect(sent.accept).toBe('*/*');
    for (const name of names) expect(sent).not.toHaveProperty(name);
  });
});

describe('URLs in disguise', () => {
  it.each([
    [jsonSchema, { $id: 'https://attacker.example/', properties: { a: { $ref: 'stolen' } } }],
    [inlineData, `h${'\n'.repeat(5000)}ttps://attacker.example/`],
    [inlineData, `${'\n'.repeat(2000)}https://attacker.example/`],
  ])('need URL_SOURCES', (rule, value) => {
    expect(() => rule(value, Place.root, new Set())).toThrow('URL_SOURCES');
    expect(() => rule(value, Place.root, new Set(['URL_SOURCES']))).not.toThrow();
  });
});
