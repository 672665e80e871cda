import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { configureAiAgent } from '../testkit/ai-agents.js';
import type { TestClient } from '../testkit/client.js';
import { createAgent, createTool, EXECUTIONS, listExecutions } from '../testkit/platform.js';
import type { AgentView, ExecutionView } from '../testkit/platform.js';
import { json, startScriptedProvider } from '../testkit/scripted-provider.js';
import type { ProviderRequest, ScriptedProvider } from '../testkit/scripted-provider.js';
import { createDataFolder } from '../testkit/server.js';
import { startTraceCollector, type TraceCollector } from '../testkit/trace-collector.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { createInstance, randomKey, startInstance } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

const TASK = 'Find information about Python';
const KEY = randomKey();
const environment = {
  RATE_LIMIT_REQUESTS: '1000000',
  ALLOWED_MODELS: 'gpt-4o,claude-3-opus,gemini-2.5-pro,llama-3',
};

interface LiveView extends ExecutionView {
  readonly instanceId: string | null;
  readonly aiAgent: string | null;
  readonly usage: Record<string, number> | null;
}

const LIVE = `id agentId agentName prompt systemPrompt model response warnings createdAt instanceId aiAgent
  usage { inputTokens outputTokens cacheReadTokens cacheWriteTokens reasoningTokens }`;
const RUN = `mutation ($input: RunAgentInput!) { runAgent(input: $input) { ${LIVE} } }`;
const GET = `query ($id: ID!) { execution(id: $id) { ${LIVE} } }`;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let provider: ScriptedProvider;
let collector: TraceCollector;
let server: TenantsServer;
let admin: TestClient;
let operator: TestClient;
let agent: AgentView;

beforeAll(async () => {
  folder = await createDataFolder();
  provider = await startScriptedProvider();
  collector = await startTraceCollector();
  const authority = path.join(folder.path, 'ca.pem');
  await provider.writeAuthority(authority);
  server = await startTenantsServer({
    tenants: ['ours', 'theirs'],
    environment: {
      ...environment,
      MODEL_UPSTREAM: 'http',
      MODEL_NETWORKS: '127.0.0.0/8',
      NODE_EXTRA_CA_CERTS: authority,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ANTHROPIC_UPSTREAM_URL: `${provider.url}/anthropic`,
      OPENAI_UPSTREAM_URL: `${provider.url}/openai`,
      GOOGLE_UPSTREAM_URL: `${provider.url}/google`,
    },
  });
  admin = server.client('ours', 'ADMIN');
  operator = server.client('ours');
  agent = await createAgent(operator, 'Research Assistant', [(await createTool(operator, 'web_search', 'Search')).id]);
});

afterAll(async () => {
  await server?.close();
  await Promise.all([provider?.close(), collector?.close(), folder?.remove()]);
});

const inputOf = (instanceId: string, more: object = {}) => ({
  input: { agentId: agent.id, task: TASK, model: 'claude-3-opus', instanceId, ...more },
});
const run = async (instanceId: string, more: object = {}) =>
  (await operator.ok<{ runAgent: LiveView }>(RUN, inputOf(instanceId, more))).runAgent;
const refused = (instanceId: string, more: object = {}) => operator.refused(RUN, inputOf(instanceId, more));
const loggedCount = async () => (await listExecutions(operator)).totalCount;

interface DayView {
  readonly requestCount: number;
  readonly errorCount: number;
  readonly inputTokens: number;
}

/** Today's figures of the instance, once so many calls are counted. */
async function usageOf(instanceId: string, requestCount: number) {
  const today = new Date().toISOString().slice(0, 10);
  const query = `{ usage(instanceId: "${instanceId}", from: "${today}", to: "${today}") {
    aiAgent requestCount errorCount inputTokens cacheReadTokens } }`;
  let days: readonly DayView[] = [];
  await until(async () => {
    days = (await admin.ok<{ usage: DayView[] }>(query)).usage;
    return days.reduce((sum, day) => sum + day.requestCount, 0) >= requestCount;
  });
  return days;
}

const ANTHROPIC = {
  type: 'message',
  content: [
    { type: 'thinking', thinking: 'hm' },
    { type: 'text', text: 'Python is ' },
    { type: 'text', text: 'a snake.' },
  ],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, output_tokens: 7, cache_read_input_tokens: 5, cache_creation_input_tokens: 3 },
};
const RESPONSES = {
  ...{ object: 'response', status: 'completed', error: null },
  output: [
    { type: 'reasoning', summary: [] },
    { type: 'message', content: [{ type: 'output_text', text: 'Python is a snake.' }] },
  ],
  usage: {
    ...{ input_tokens: 15, input_tokens_details: { cached_tokens: 5 } },
    ...{ output_tokens: 7, output_tokens_details: { reasoning_tokens: 4 } },
  },
};
const CHAT = {
  object: 'chat.completion',
  choices: [{ message: { role: 'assistant', content: 'Python is a snake.' }, finish_reason: 'stop' }],
  usage: {
    ...{ prompt_tokens: 15, prompt_tokens_details: { cached_tokens: 5 } },
    ...{ completion_tokens: 7, completion_tokens_details: { reasoning_tokens: 4 } },
  },
};
const GOOGLE = {
  candidates: [
    { content: { parts: [{ text: 'hm', thought: true }, { text: 'Python is a snake.' }] }, finishReason: 'STOP' },
  ],
  usageMetadata: { promptTokenCount: 15, cachedContentTokenCount: 5, candidatesTokenCount: 3, thoughtsTokenCount: 4 },
};
const figures = (inputTokens: number, outputTokens: number, reasoningTokens: number, cacheWriteTokens = 0) => ({
  ...{ inputTokens, outputTokens, cacheReadTokens: 5, cacheWriteTokens, reasoningTokens },
});

/** Where each protocol has what the model is told. */
const PROMPTS = {
  anthropic: (body: { system: string; messages: unknown[] }) => [body.system, ...body.messages],
  responses: (body: { instructions: string; input: string }) => [
    body.instructions,
    { role: 'user', content: body.input },
  ],
  chat: (body: { messages: [{ content: string }] }) => {
    const [system, ...others] = body.messages;
    return [system.content, ...others];
  },
  google: (body: { systemInstruction: Content; contents: [Content] }) => [
    body.systemInstruction.parts[0].text,
    { role: body.contents[0].role, content: body.contents[0].parts[0].text },
  ],
} as const;

interface Content {
  readonly role?: string;
  readonly parts: readonly [{ readonly text: string }];
}

const promptIn = (protocol: keyof typeof PROMPTS, { body }: ProviderRequest): unknown =>
  (PROMPTS[protocol] as (body: unknown) => unknown)(body);

describe('runAgent with an instance', () => {
  it.each([
    ['CLAUDE_CODE', 'claude-3-opus', 'anthropic', '/anthropic/v1/messages', ANTHROPIC, figures(10, 7, 0, 3)],
    ['CODEX_CLI', 'gpt-4o', 'responses', '/openai/v1/responses', RESPONSES, figures(10, 3, 4)],
    ['OPENCODE', 'gpt-4o', 'responses', '/openai/v1/responses', RESPONSES, figures(10, 3, 4)],
    ['GOOSE', 'gpt-4o', 'chat', '/openai/v1/chat/completions', CHAT, figures(10, 3, 4)],
    [
      'GEMINI_CLI',
      'gemini-2.5-pro',
      'google',
      '/google/v1beta/models/gemini-2.5-pro:generateContent',
      GOOGLE,
      figures(10, 3, 4),
    ],
  ] as const)('asks the provider of %s for %s with its key and the prompt, and logs the answer', async (...row) => {
    const [aiAgent, model, protocol, url, answer, usage] = row;
    const apiKey = randomKey();
    const instanceId = await createInstance(admin, { aiAgent, apiKey });
    provider.play(json(200, answer));
    const execution = await run(instanceId, { model });
    expect(execution).toMatchObject({
      model,
      response: 'Python is a snake.',
      warnings: [],
      instanceId,
      aiAgent,
      usage,
    });
    expect(await operator.ok(GET, { id: execution.id })).toEqual({ execution });
    expect((await listExecutions(operator, { limit: 1 })).items).toMatchObject([{ id: execution.id }]);

    expect(provider.requests).toHaveLength(1);
    const [request] = provider.requests;
    expect(request!.path).toBe(url);
    expect(Object.values(request!.headers)).toEqual(
      expect.arrayContaining([protocol === 'responses' || protocol === 'chat' ? `Bearer ${apiKey}` : apiKey]),
    );
    if (protocol !== 'google') expect(request!.body.model).toBe(model);
    expect(promptIn(protocol, request!)).toEqual([execution.systemPrompt, { role: 'user', content: TASK }]);
    expect(execution.systemPrompt).toContain('web_search');
    expect(await usageOf(instanceId, 1)).toMatchObject([
      { aiAgent, requestCount: 1, errorCount: 0, inputTokens: 10, cacheReadTokens: 5 },
    ]);
  });

  it('uses the key and the base URL that the start pinned, until the instance is restarted', async () => {
    const instanceId = await createInstance(admin, { apiKey: KEY });
    provider.play(json(200, ANTHROPIC));
    const rotated = randomKey();
    await configureAiAgent(admin, { instanceId, apiKey: rotated, baseUrl: `${provider.url}/own/anthropic` });
    await run(instanceId);
    await admin.ok(`mutation ($id: ID!) { restartInstance(id: $id) { state } }`, { id: instanceId });
    await run(instanceId);
    expect(provider.requests.map(({ path: url, headers }) => [url, headers['x-api-key']])).toEqual([
      ['/anthropic/v1/messages', KEY],
      ['/own/anthropic/v1/messages', rotated],
    ]);
  });

  it('asks nobody with a revoked key or on a stopped instance', async () => {
    const instanceId = await createInstance(admin);
    provider.play(json(200, ANTHROPIC));
    const input = { instanceId, aiAgent: 'CLAUDE_CODE' };
    await admin.ok(`mutation ($input: RevokeAiAgentKeyInput!) { revokeAiAgentKey(input: $input) { aiAgent } }`, {
      input,
    });
    expect(await refused(instanceId)).toMatchObject({ code: 'CREDENTIAL_REVOKED', status: 400 });
    await admin.ok(`mutation ($id: ID!) { stopInstance(id: $id) { state } }`, { id: instanceId });
    expect(await refused(instanceId)).toMatchObject({
      code: 'INSTANCE_NOT_RUNNING',
      status: 400,
      details: { instanceId },
    });
    expect(provider.requests).toEqual([]);
  });

  it('stops at the limits of the AI agent, with when to come back; nothing is logged', async () => {
    const instanceId = await createInstance(admin);
    const set = `mutation ($input: SetAiAgentLimitsInput!) { setAiAgentLimits(input: $input) { aiAgent } }`;
    await admin.ok(set, { input: { instanceId, requestsPerMinute: 1 } });
    provider.play(json(200, ANTHROPIC));
    await run(instanceId);
    const before = await loggedCount();
    const { status, headers, errors } = await operator.request(RUN, inputOf(instanceId));
    expect([status, errors![0]!.extensions]).toMatchObject([
      429,
      {
        error_code: 'RATE_LIMITED',
        details: { instanceId, aiAgent: 'CLAUDE_CODE', retryAfterSeconds: expect.any(Number) },
      },
    ]);
    expect(errors![0]!.message).toMatch(/requests|minute/i);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(provider.requests).toHaveLength(1);
    expect(await loggedCount()).toBe(before);

    await admin.ok(set, { input: { instanceId, requestsPerMinute: null, dayBudget: { tokens: 1 } } });
    expect(await refused(instanceId)).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(provider.requests).toHaveLength(1);
  });

  it('shows neither the key nor what looks like one, and keeps what Postgres would not', async () => {
    const apiKey = randomKey();
    const instanceId = await createInstance(admin, { apiKey });
    const text = `Your key is ${apiKey}; \0 take ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa too \ud800.`;
    provider.play(json(200, { ...ANTHROPIC, content: [{ type: 'text', text }] }));
    const execution = await run(instanceId);
    expect(execution.response).toBe(`Your key is ${'*'.repeat(apiKey.length)};  take ${'*'.repeat(40)} too \ufffd.`);
    expect(await operator.ok(GET, { id: execution.id })).toEqual({ execution });
  });

  it('says when the answer was cut for its length', async () => {
    provider.play(json(200, { ...ANTHROPIC, stop_reason: 'max_tokens' }));
    const { warnings } = await run(await createInstance(admin));
    expect(warnings).toEqual([expect.stringContaining('not whole')]);
  });

  it('records who used which key for what before it is used, also when the call fails', async () => {
    const instanceId = await createInstance(admin);
    provider.play(json(500, {}));
    await refused(instanceId);
    provider.play(json(200, ANTHROPIC));
    const { id } = await run(instanceId);
    const { auditEvents } = await admin.ok<{ auditEvents: { items: readonly unknown[] } }>(
      `{ auditEvents(filter: { instanceId: "${instanceId}", action: EXECUTION_STARTED }) {
        items { role aiAgent credentialVersion agentId details { name value } } } }`,
    );
    const event = (executionId: unknown) => ({
      ...{ role: 'OPERATOR', aiAgent: 'CLAUDE_CODE', credentialVersion: 1, agentId: agent.id },
      details: expect.arrayContaining([
        { name: 'executionId', value: executionId },
        { name: 'model', value: 'claude-3-opus' },
      ]),
    });
    expect(auditEvents.items).toEqual([event(id), event(expect.any(String))]);
    expect(JSON.stringify(auditEvents)).not.toContain(TASK);
  });
});

describe('the choice of the AI agent', () => {
  it('is of the one whose provider has the model, or of the one that is named', async () => {
    const instanceId = await createInstance(admin, { start: false });
    await configureAiAgent(admin, { instanceId, aiAgent: 'CODEX_CLI', apiKey: KEY });
    await configureAiAgent(admin, { instanceId, aiAgent: 'GOOSE', apiKey: KEY });
    await startInstance(admin, instanceId);
    provider.play(({ path: url }, response) =>
      json(200, url.includes('anthropic') ? ANTHROPIC : CHAT)(undefined, response),
    );
    expect(await run(instanceId)).toMatchObject({ aiAgent: 'CLAUDE_CODE' });
    expect(await run(instanceId, { model: 'gpt-4o', aiAgent: 'GOOSE' })).toMatchObject({ aiAgent: 'GOOSE' });
    expect(await refused(instanceId, { model: 'gpt-4o' })).toMatchObject({
      ...{ code: 'BAD_USER_INPUT', status: 400, message: expect.stringContaining('CODEX_CLI, GOOSE') },
      details: { path: 'input.aiAgent', aiAgents: ['CODEX_CLI', 'GOOSE'] },
    });
    // Anybody's model could be anywhere.
    expect(await refused(instanceId, { model: 'llama-3' })).toMatchObject({
      details: { path: 'input.aiAgent', aiAgents: ['CLAUDE_CODE', 'CODEX_CLI', 'GOOSE'] },
    });
    expect(await refused(instanceId, { model: 'gpt-4o', aiAgent: 'CLAUDE_CODE' })).toMatchObject({
      ...{ code: 'BAD_USER_INPUT', details: { path: 'input.aiAgent', aiAgents: ['CODEX_CLI', 'GOOSE'] } },
    });
  });

  it('is refused for one that is not there, and when none has the model', async () => {
    const instanceId = await createInstance(admin);
    const missing = { code: 'AI_AGENT_NOT_CONFIGURED', status: 400 };
    expect(await refused(instanceId, { aiAgent: 'GOOSE' })).toMatchObject({
      ...missing,
      details: { aiAgent: 'GOOSE' },
    });
    expect(await refused(instanceId, { model: 'gpt-4o' })).toMatchObject({
      ...missing,
      details: { model: 'gpt-4o', aiAgents: ['CLAUDE_CODE'] },
    });
    expect(
      await operator.refused(RUN, { input: { agentId: agent.id, task: TASK, model: 'gpt-4o', aiAgent: 'GOOSE' } }),
    ).toMatchObject({
      ...{ code: 'BAD_USER_INPUT', details: { path: 'input.aiAgent' } },
    });
  });

  it('takes any model of an AI agent with a base URL of its own, when it is named', async () => {
    const instanceId = await createInstance(admin, { start: false });
    await configureAiAgent(admin, { instanceId, aiAgent: 'GOOSE', apiKey: KEY, baseUrl: `${provider.url}/openai` });
    await startInstance(admin, instanceId);
    provider.play(json(200, CHAT));
    expect(await run(instanceId, { aiAgent: 'GOOSE' })).toMatchObject({ aiAgent: 'GOOSE', model: 'claude-3-opus' });
    expect(provider.requests).toMatchObject([
      { path: '/openai/v1/chat/completions', body: { model: 'claude-3-opus' } },
    ]);
  });

  it("is never of another tenant's instance, and an unknown one is not found", async () => {
    const foreign = await createInstance(server.client('theirs', 'ADMIN'));
    provider.play(json(200, ANTHROPIC));
    expect(await refused(foreign)).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect(await refused(randomUUID())).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    expect(await refused('x')).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.instanceId' } });
    expect(provider.requests).toEqual([]);
  });

  it('goes no further than the models that the operator allows', async () => {
    const instanceId = await createInstance(admin);
    provider.play(json(200, ANTHROPIC));
    expect(await refused(instanceId, { model: 'claude-9' })).toMatchObject({ code: 'INVALID_MODEL', status: 400 });
    expect(provider.requests).toEqual([]);
  });
});

describe('a provider that does not answer', () => {
  const error = (type: string, message: string) => ({ type: 'error', error: { type, message } });
  it.each([
    ['a key that is refused', 'UNAUTHORIZED', json(401, error('authentication_error', `invalid x-api-key ${KEY}`))],
    ['a rate limit of its own', 'QUOTA', json(429, error('rate_limit_error', 'too many'))],
    ['an unknown model', 'MODEL_NOT_FOUND', json(404, error('not_found_error', 'model: claude-3-opus'))],
    ['a failure', 'UPSTREAM', json(500, error('api_error', 'Internal server error'))],
    ['a page of a website', 'BAD_CONFIG', json(200, { hello: 'world' })],
    ['an answer without a word', 'UPSTREAM', json(200, { ...ANTHROPIC, content: [], stop_reason: 'refusal' })],
    [
      'an answer of more than 1 MiB',
      'UPSTREAM',
      json(200, { ...ANTHROPIC, content: [{ type: 'text', text: 'x'.repeat(1024 * 1024) }] }),
    ],
    [
      'an answer that ends before it is whole',
      'UPSTREAM',
      (_, response) => void response.writeHead(200, { 'content-length': '1000' }).write('{', () => response.destroy()),
    ],
  ] as const satisfies readonly (readonly [string, string, Parameters<ScriptedProvider['play']>[0]])[])(
    'is told of as such: %s is %s; nothing is logged',
    async (_name, failureClass, answer) => {
      const instanceId = await createInstance(admin, { apiKey: KEY });
      const before = await loggedCount();
      provider.play(answer);
      const refusal = await refused(instanceId);
      expect(refusal).toMatchObject({
        ...{ code: 'MODEL_PROVIDER_ERROR', status: 502 },
        details: { class: failureClass, instanceId, aiAgent: 'CLAUDE_CODE' },
      });
      expect(JSON.stringify(refusal)).not.toContain(KEY);
      expect(provider.requests).toHaveLength(1);
      expect(await loggedCount()).toBe(before);
    },
  );

  it('is counted as an error of the instance, and its word when to come back is told on', async () => {
    const instanceId = await createInstance(admin);
    provider.play((request, response) => {
      response.setHeader('retry-after', '7');
      json(429, error('rate_limit_error', 'slow down'))(request, response);
    });
    const { headers, errors } = await operator.request(RUN, inputOf(instanceId));
    expect(errors![0]!.extensions.details).toMatchObject({
      class: 'QUOTA',
      retryAfterSeconds: 7,
      providerMessage: 'slow down',
    });
    expect(headers.get('retry-after')).toBe('7');
    expect(await usageOf(instanceId, 1)).toMatchObject([{ requestCount: 1, errorCount: 1 }]);
  });

  it('cannot pass for the gateway', async () => {
    const instanceId = await createInstance(admin);
    provider.play((request, response) => {
      response.setHeader('x-triaged-failure', 'limited');
      json(200, ANTHROPIC)(request, response);
    });
    expect(await run(instanceId)).toMatchObject({ response: 'Python is a snake.' });
  });

  it('is left when the client goes away: nothing is logged, the call counts', async () => {
    const instanceId = await createInstance(admin);
    const before = await loggedCount();
    const reached = Promise.withResolvers<ServerResponse>();
    provider.play((_, response) => reached.resolve(response));
    const gone = new AbortController();
    const asked = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': server.key('ours', 'OPERATOR') },
      body: JSON.stringify({ query: RUN, variables: inputOf(instanceId) }),
      signal: gone.signal,
    }).catch((reason: unknown) => reason);
    const left = once(await reached.promise, 'close', { signal: AbortSignal.timeout(5_000) });
    gone.abort();
    await Promise.all([asked, left]);
    expect(await usageOf(instanceId, 1)).toMatchObject([{ requestCount: 1, errorCount: 0 }]);
    expect(await loggedCount()).toBe(before);
  });

  it('is left when the socket closes over which it was asked', async () => {
    const instanceId = await createInstance(admin);
    const reached = Promise.withResolvers<ServerResponse>();
    provider.play((_, response) => reached.resolve(response));
    const client = server.client('ours');
    const asked = client.subscribe(RUN, inputOf(instanceId)).next();
    asked.catch(() => undefined);
    const left = once(await reached.promise, 'close', { signal: AbortSignal.timeout(5_000) });
    await client.close();
    await left;
    expect(await usageOf(instanceId, 1)).toMatchObject([{ requestCount: 1, errorCount: 0 }]);
  });
});

describe('an instance that is stopped or deleted while its provider answers', () => {
  it.each([
    ['stopInstance', 'mutation ($id: ID!) { stopInstance(id: $id) { state } }'],
    ['deleteInstance', 'mutation ($id: ID!) { deleteInstance(id: $id) }'],
  ])('ends the call and leaves the provider: %s', async (_, mutation) => {
    const instanceId = await createInstance(admin);
    const before = await loggedCount();
    const reached = Promise.withResolvers<ServerResponse>();
    provider.play((_request, response) => reached.resolve(response));
    const asked = refused(instanceId);
    const left = once(await reached.promise, 'close', { signal: AbortSignal.timeout(5_000) });
    await admin.ok(mutation, { id: instanceId });
    expect(await asked).toMatchObject({ code: 'INSTANCE_NOT_RUNNING', status: 400, details: { instanceId } });
    await left;
    expect(await usageOf(instanceId, 1)).toMatchObject([{ requestCount: 1, errorCount: 0 }]);
    expect(await loggedCount()).toBe(before);
  });
});

describe('the trace of a runAgent', () => {
  const traceOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);

  it('has mutation and model call with what it took, under the id of the execution, and no word of either side', async () => {
    const instanceId = await createInstance(admin);
    provider.play(json(200, ANTHROPIC));
    const { id } = await run(instanceId);
    const traceId = id.replaceAll('-', '');
    await until(() => traceOf(traceId).length === 2, 15_000);
    const mutation = traceOf(traceId).find(({ name }) => name === 'mutation runAgent')!;
    const call = traceOf(traceId).find(({ name }) => name === 'chat claude-3-opus')!;
    expect(mutation).toMatchObject({ failed: false, attributes: { 'triaged.execution.id': id } });
    expect(mutation.attributes).toMatchObject({ 'triaged.tenant.id': 'ours', 'triaged.instance.id': instanceId });
    expect(mutation.parentSpanId).toBeUndefined();
    expect(call).toMatchObject({ parentSpanId: mutation.spanId, failed: false });
    expect(call.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.usage.input_tokens': 18,
      'gen_ai.usage.output_tokens': 7,
    });
    expect(call.start).toBeGreaterThanOrEqual(mutation.start);
    expect(call.end).toBeLessThanOrEqual(mutation.end);
    for (const word of [TASK, 'Python is', agent.name]) expect(collector.bodies.join('\n')).not.toContain(word);
  });

  it('names the failure of the provider by its code', async () => {
    const instanceId = await createInstance(admin);
    provider.play(json(500, {}));
    await refused(instanceId);
    const ofInstance = () => collector.spans.filter((span) => span.attributes['triaged.instance.id'] === instanceId);
    await until(() => ofInstance().length === 1, 15_000);
    const spans = traceOf(ofInstance()[0]!.traceId);
    expect(spans.map(({ name, failed }) => [name, failed]).sort()).toEqual([
      ['chat claude-3-opus', true],
      ['mutation runAgent', true],
    ]);
    for (const { attributes } of spans) expect(attributes['error.type']).toBe('MODEL_PROVIDER_ERROR');
  });
});

describe('runAgent', () => {
  it('without an instance stays the deterministic mock', async () => {
    provider.play(json(200, ANTHROPIC));
    const input = { agentId: agent.id, task: TASK, model: 'claude-3-opus' };
    const answers = await Promise.all(
      [input, { ...input, instanceId: null, aiAgent: null }].map((each) =>
        operator.ok<{ runAgent: LiveView }>(RUN, { input: each }),
      ),
    );
    const [first, second] = answers.map(({ runAgent }) => runAgent);
    expect(first).toMatchObject({ instanceId: null, aiAgent: null, usage: null });
    expect(first!.response).toContain('Simulated answer of claude-3-opus');
    expect(second!.response).toBe(first!.response);
    expect(provider.requests).toEqual([]);
    expect(await operator.ok(EXECUTIONS.get, { id: first!.id })).toMatchObject({ execution: { id: first!.id } });
  });

  it('with an instance is answered by the built-in mock on a server without providers', async () => {
    const offline = await startTenantsServer({ tenants: ['ours'], environment });
    try {
      const client = offline.client('ours', 'ADMIN');
      const { id: agentId } = await createAgent(client, 'A');
      for (const [aiAgent, model] of [
        ['CLAUDE_CODE', 'claude-3-opus'],
        ['CODEX_CLI', 'gpt-4o'],
        ['GOOSE', 'gpt-4o'],
        ['GEMINI_CLI', 'gemini-2.5-pro'],
      ] as const) {
        const input = { agentId, task: TASK, model, instanceId: await createInstance(client, { aiAgent }) };
        const { runAgent } = await client.ok<{ runAgent: LiveView }>(RUN, { input });
        expect(runAgent.response).toMatch(/mock/i);
        expect(runAgent.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
        expect(runAgent.usage!.outputTokens).toBeGreaterThan(0);
      }
    } finally {
      await offline.close();
    }
  });
});
