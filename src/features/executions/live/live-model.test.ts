import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../../kernel/actor.js';
import { MemoryEventBus } from '../../../adapters/event-bus/index.js';
import { TriagedError } from '../../../kernel/errors.js';
import { newAgentId, newExecutionId, newInstanceId } from '../../../kernel/ids.js';
import type { TenantId } from '../../../kernel/ids.js';
import type { ModelRequest, ModelResponse } from '../../../ports/model-upstream.js';
import { topics } from '../../../ports/event-bus.js';
import { Gateway } from '../../gateway/index.js';
import type { ModelCallGate } from '../../gateway/index.js';
import type { BegunModelCall, ModelCall } from '../../usage/index.js';
import { LiveModel, MAX_ANSWER_LENGTH, SHORTENED_WARNING } from './live-model.js';
import type { PinnedAiAgent } from './pinned-ai-agents.js';
import { openGate } from '../../../../tests/testkit/open-gate.js';
import { until } from '../../../../tests/testkit/until.js';

const actor: Actor = { tenantId: 'acme' as TenantId, role: 'OPERATOR', keyId: 'test' };
const pinned: PinnedAiAgent = {
  ...{ instanceId: newInstanceId(), aiAgent: 'GOOSE', credentialVersion: 3, provider: 'openai', baseUrl: null },
  providerFeatures: [],
};
const subject = { instanceId: pinned.instanceId, aiAgent: 'GOOSE' };
const prompt = { model: 'gpt-4o', systemPrompt: 'You are A.', task: 'Find it', agentId: newAgentId() };
const never = new AbortController().signal;

const saying = async (content: string): Promise<ModelResponse> => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Readable.from([Buffer.from(JSON.stringify({ choices: [{ message: { content } }] }))]),
});
const answering = () => saying('Found.');
/** Answers nothing until it is left. */
const hanging = ({ signal }: ModelRequest) =>
  new Promise<ModelResponse>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

/** The real gateway before a provider that a test plays; statements of the audit go nowhere. */
function liveModel({
  send = answering,
  gate = openGate,
  timeoutMs = 5_000,
  whose = {},
  model: asked = prompt.model,
}: {
  send?: (request: ModelRequest) => Promise<ModelResponse>;
  gate?: ModelCallGate;
  timeoutMs?: number;
  whose?: Partial<PinnedAiAgent>;
  model?: string;
} = {}) {
  const begun: BegunModelCall[] = [];
  const ended: ModelCall[] = [];
  const sent: ModelRequest[] = [];
  const upstream = {
    kind: 'mock' as const,
    send(request: ModelRequest) {
      sent.push(request);
      return send(request);
    },
    close: async () => undefined,
  };
  const journal = {
    began: (call: BegunModelCall) => void begun.push(call),
    ended: (call: ModelCall) => void ended.push(call),
    limited: () => undefined,
    refused: () => undefined,
  };
  const manager = { query: async () => [] };
  const dataSource = { transaction: (work: (given: object) => unknown) => work(manager) } as unknown as DataSource;
  const gateway = new Gateway({ upstream, journal, gate, logger: pino({ level: 'silent' }) });
  const [bus, key, instance] = [new MemoryEventBus(), { isRevoked: false }, { isRunning: true }];
  const credentials = { open: async () => 'the-key', isRevoked: async () => key.isRevoked };
  const instances = { isRunning: async () => instance.isRunning };
  const model = new LiveModel({ dataSource, gateway, timeoutMs, credentials, instances, bus });
  const question = { ...prompt, model: asked, executionId: newExecutionId() };
  const ask = (signal = never) => model.ask(actor, { ...pinned, ...whose }, question, signal);
  return { ask, begun, ended, sent, bus, key, instance };
}

describe('LiveModel', () => {
  it("asks as the instance's AI agent, of no run, with the key in the provider's place alone", async () => {
    const { ask, begun, ended, sent } = liveModel();
    expect(await ask()).toMatchObject({ text: 'Found.', warnings: [] });
    expect(begun).toMatchObject([{ tenantId: 'acme', ...subject, runId: null }]);
    expect(ended).toMatchObject([{ outcome: 'COMPLETED', status: 200 }]);
    expect(sent).toMatchObject([{ path: '/v1/chat/completions', headers: { authorization: 'Bearer the-key' } }]);
    expect(sent[0]!.body.toString()).not.toContain('the-key');
  });

  it('keeps the beginning of an answer that is too long, cutting no character apart, and says so', async () => {
    const { text, warnings } = await liveModel({ send: () => saying(`x${'😀'.repeat(MAX_ANSWER_LENGTH)}`) }).ask();
    expect([text.length, text.isWellFormed(), warnings]).toEqual([MAX_ANSWER_LENGTH, true, [SHORTENED_WARNING]]);
    expect(await liveModel({ send: () => saying('x'.repeat(MAX_ANSWER_LENGTH)) }).ask()).toMatchObject({
      warnings: [],
    });
  });

  it('is BAD_USER_INPUT when the gateway does not pass the model on, in its words; what the instance allows passes', async () => {
    const model = 'gpt-4o-search-preview';
    const refused = liveModel({ model });
    await expect(refused.ask()).rejects.toMatchObject({
      ...{ code: 'BAD_USER_INPUT', message: expect.stringContaining('updateInstance with WEB_SEARCH') },
      details: { path: 'input.model', ...subject },
    });
    expect(refused.sent).toEqual([]);
    const allowed = liveModel({ model, whose: { providerFeatures: ['WEB_SEARCH'] } });
    expect(await allowed.ask()).toMatchObject({ text: 'Found.' });
    await expect(liveModel({ model: 'gemini 3', whose: { provider: 'google' } }).ask()).rejects.toMatchObject({
      ...{ code: 'BAD_USER_INPUT', message: 'This gateway does not offer this method and path.' },
    });
  });

  it("asks Google for a model without its provider's prefix", async () => {
    const body = JSON.stringify({ candidates: [{ content: { parts: [{ text: 'Found.' }] }, finishReason: 'STOP' }] });
    const headers = { 'content-type': 'application/json' };
    const send = async () => ({ status: 200, headers, body: Readable.from([Buffer.from(body)]) });
    const { ask, sent } = liveModel({ send, model: 'google/gemini-2.5-pro', whose: { provider: 'google' } });
    expect(await ask()).toMatchObject({ text: 'Found.' });
    expect(sent).toMatchObject([{ path: '/v1beta/models/gemini-2.5-pro:generateContent' }]);
  });

  it('is RATE_LIMITED when a limit of the AI agent refuses, with its message and when to come back', async () => {
    const refusal = {
      admitted: false,
      limit: 'DAY_BUDGET',
      message: 'The budget is spent.',
      retryAfterSeconds: 90,
    } as const;
    const { ask, sent, begun } = liveModel({ gate: { admit: async () => refusal } });
    await expect(ask()).rejects.toMatchObject({
      ...{ code: 'RATE_LIMITED', message: 'The budget is spent.' },
      details: { ...subject, retryAfterSeconds: 90 },
    });
    expect([...sent, ...begun]).toEqual([]);
  });

  it('is SERVICE_UNAVAILABLE when the call can be neither limited nor counted', async () => {
    const admit = () => Promise.reject(new TriagedError('SERVICE_UNAVAILABLE', 'no store'));
    const { ask, sent } = liveModel({ gate: { admit } });
    await expect(ask()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { retryAfterSeconds: 2 } });
    expect(sent).toEqual([]);
  });

  it('is UPSTREAM when the provider cannot be reached', async () => {
    const { ask, ended } = liveModel({ send: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    await expect(ask()).rejects.toMatchObject({
      code: 'MODEL_PROVIDER_ERROR',
      details: { class: 'UPSTREAM', ...subject },
    });
    expect(ended).toMatchObject([{ outcome: 'FAILED', error: 'UNREACHABLE' }]);
  });

  it('is TIMEOUT when the answer takes too long, and the provider is left', async () => {
    const { ask, ended, sent } = liveModel({ send: hanging, timeoutMs: 50 });
    await expect(ask()).rejects.toMatchObject({
      code: 'MODEL_PROVIDER_ERROR',
      details: { class: 'TIMEOUT', ...subject },
    });
    expect(sent[0]!.signal.aborted).toBe(true);
    expect(ended).toMatchObject([{ outcome: 'PARTIAL' }]);
  });

  it('is TIMEOUT when the answer begins and does not end', async () => {
    const body = new Readable({ read: () => undefined });
    body.push('{');
    const { ask } = liveModel({ send: async () => ({ status: 200, headers: {}, body }), timeoutMs: 50 });
    await expect(ask()).rejects.toMatchObject({ details: { class: 'TIMEOUT' } });
    expect(body.destroyed).toBe(true);
  });

  it('leaves the provider when the client goes away', async () => {
    const gone = new AbortController();
    const { ask, sent } = liveModel({
      send(request) {
        gone.abort();
        return hanging(request);
      },
    });
    await expect(ask(gone.signal)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(sent[0]!.signal.aborted).toBe(true);
  });

  describe('when the key is revoked while the provider answers', () => {
    const body = () => {
      const begun = new Readable({ read: () => undefined });
      begun.push('{');
      return Promise.resolve({ status: 200, headers: {}, body: begun });
    };
    it.each([
      ['before it begins to', hanging],
      ['amid the answer', body],
    ])('is CREDENTIAL_REVOKED at once, and the provider is left: %s', async (_, send) => {
      const { ask, bus, key, sent, ended } = liveModel({ send });
      const asked = ask();
      await until(() => sent.length === 1);
      bus.publish(topics.revokedKeys(newInstanceId()));
      bus.publish(topics.revokedKeys(pinned.instanceId));
      await sleep(20);
      expect(sent[0]!.signal.aborted).toBe(false);
      key.isRevoked = true;
      bus.publish(topics.revokedKeys(pinned.instanceId));
      await expect(asked).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED', details: { ...subject, version: 3 } });
      await until(() => ended.length === 1);
      expect(ended).toMatchObject([{ outcome: 'PARTIAL' }]);
    });

    it('hears of it within five seconds when no tick comes', async () => {
      const { ask, key, sent } = liveModel({ send: hanging, timeoutMs: 20_000 });
      const asked = ask();
      await until(() => sent.length === 1);
      key.isRevoked = true;
      await expect(asked).rejects.toMatchObject({ code: 'CREDENTIAL_REVOKED' });
      expect(sent[0]!.signal.aborted).toBe(true);
    }, 10_000);
  });

  describe('when the instance is stopped', () => {
    const refusal = { code: 'INSTANCE_NOT_RUNNING', details: { instanceId: pinned.instanceId } };

    it('leaves the provider at once, and goes on when only its settings have changed', async () => {
      const { ask, bus, instance, sent, ended } = liveModel({ send: hanging });
      const asked = ask();
      await until(() => sent.length === 1);
      bus.publish(topics.instance(pinned.instanceId));
      await sleep(20);
      expect(sent[0]!.signal.aborted).toBe(false);
      instance.isRunning = false;
      bus.publish(topics.instance(pinned.instanceId));
      await expect(asked).rejects.toMatchObject(refusal);
      await until(() => ended.length === 1);
      expect(ended).toMatchObject([{ outcome: 'PARTIAL' }]);
    });

    it('reaches nobody when it was between the choice of the AI agent and the call', async () => {
      const { ask, instance, sent } = liveModel();
      instance.isRunning = false;
      await expect(ask()).rejects.toMatchObject(refusal);
      expect(sent).toEqual([]);
    });
  });

  it('reaches nobody for a client that is gone already', async () => {
    const { ask, sent } = liveModel();
    await expect(ask(AbortSignal.abort())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(sent).toEqual([]);
  });
});
