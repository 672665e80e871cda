import { describe, expect, it } from '@jest/globals';
import { json, text } from 'node:stream/consumers';
import type { ModelRequest } from '../../../../ports/model-upstream.js';
import { MockModelUpstream } from '../mock-model-upstream.js';
import type { ChatCompletion } from './chat-completion.js';
import type { OpenaiResponse } from './responses-object.js';

const upstream = new MockModelUpstream({ pieceIntervalMs: 0 });
const request = (path: string, body: object | string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ provider: 'openai', method: 'POST', path, headers: { authorization: 'Bearer sk-x' } },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  signal: new AbortController().signal,
  ...more,
});
const bodyOf = async (path: string, body: object): Promise<unknown> =>
  json((await upstream.send(request(path, body))).body);
const streamOf = async (path: string, body: object): Promise<string> =>
  text((await upstream.send(request(path, body))).body);
const PROMPT = 'Triage.\n<incident>{"title":"CrashLoopBackOff"}</incident>';

describe('the mock as OpenAI Responses', () => {
  const PATH = '/v1/responses';
  const triage = {
    model: 'gpt-5',
    input: [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '<incident>not this</incident>' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: PROMPT }] },
    ],
    tools: [{ type: 'function', name: 'exec_command' }, { type: 'web_search' }],
  };
  const after = (turns: number) => ({
    ...triage,
    input: [
      ...triage.input,
      ...Array.from({ length: turns }, (_, i) => [
        { type: 'function_call', call_id: `c${i}`, name: 'exec_command', arguments: '{}' },
        { type: 'function_call_output', call_id: `c${i}`, output: 'ok' },
      ]).flat(),
    ],
  });
  const responseTo = async (body: object) => (await bodyOf(PATH, body)) as OpenaiResponse;

  it('streams the same response that it gives in one piece, event by event', async () => {
    const whole = await responseTo({ ...triage, stream: false });
    const stream = await streamOf(PATH, { ...triage, stream: true });
    const events = stream
      .trim()
      .split('\n\n')
      .map((event, sequence_number) => {
        const [name, data] = event.split('\n');
        const parsed = JSON.parse(data!.slice('data: '.length)) as Record<string, unknown>;
        expect(name).toBe(`event: ${String(parsed.type)}`);
        expect(parsed.sequence_number).toBe(sequence_number);
        return parsed;
      });
    const types = events.map(({ type }) => type);
    expect(types.filter((type, i) => type !== types[i - 1])).toEqual([
      ...['response.created', 'response.in_progress'],
      ...['response.output_item.added', 'response.content_part.added', 'response.output_text.delta'],
      ...['response.output_text.done', 'response.content_part.done', 'response.output_item.done'],
      ...['response.output_item.added', 'response.function_call_arguments.delta'],
      ...['response.function_call_arguments.done', 'response.output_item.done', 'response.completed'],
    ]);
    const joined = (type: string): string =>
      events.flatMap((event) => (event.type === type ? [event.delta] : [])).join('');
    const { output } = events.at(-1)!.response as OpenaiResponse;
    expect(output[0]).toMatchObject({ content: [{ text: joined('response.output_text.delta') }] });
    expect(output[1]).toMatchObject({ arguments: joined('response.function_call_arguments.delta') });
    const sayings = (response: Pick<OpenaiResponse, 'output'>) =>
      response.output.map((item) => (item.type === 'message' ? item.content[0].text : item.arguments));
    expect(sayings({ output })).toEqual(sayings(whole));
  });

  it("plays turn after turn with Codex's shell, and ends", async () => {
    const responses = await Promise.all([0, 1, 2, 3].map((turns) => responseTo(after(turns))));
    const commands = responses.map(({ output }) => {
      const call = output[1];
      return call?.type === 'function_call'
        ? (JSON.parse(call.arguments) as { cmd: string; login: boolean })
        : undefined;
    });
    expect(commands[0]).toMatchObject({ cmd: 'cat "$WORKSPACE/incident.json"', login: false });
    expect(commands[2]!.cmd).toContain('CrashLoopBackOff');
    expect(commands[3]).toBeUndefined();
    for (const { usage } of responses) expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens);
  });

  it("offers OpenCode's shell its own argument", async () => {
    const { output } = await responseTo({ ...triage, input: PROMPT, tools: [{ type: 'function', name: 'bash' }] });
    expect(output[1]).toMatchObject({ name: 'bash', arguments: '{"command":"cat \\"$WORKSPACE/incident.json\\""}' });
  });

  it('gives the report in text without a shell, and a short answer beside the triage', async () => {
    const { output } = await responseTo({ ...triage, tools: [{ type: 'web_search' }] });
    expect(output).toMatchObject([
      { type: 'message', content: [{ text: expect.stringContaining('# Triage report') }] },
    ]);
    const title = await responseTo({ model: 'gpt-5', input: 'Name this.' });
    expect(title.output).toMatchObject([{ content: [{ text: 'Mock triage' }] }]);
  });
});

describe('the mock as OpenAI Chat Completions', () => {
  const PATH = '/v1/chat/completions';
  const triage = {
    model: 'gpt-4.1',
    messages: [
      { role: 'system', content: 'You are an agent.' },
      { role: 'user', content: [{ type: 'text', text: PROMPT }] },
    ],
    tools: [{ type: 'function', function: { name: 'bash' } }],
  };
  const completionOf = async (body: object) => (await bodyOf(PATH, body)) as ChatCompletion;

  interface Chunk {
    readonly choices: readonly {
      readonly delta: {
        readonly content?: string;
        readonly tool_calls?: readonly { readonly id?: string; readonly function: { readonly arguments: string } }[];
      };
      readonly finish_reason: string | null;
    }[];
    readonly usage?: ChatCompletion['usage'] | null;
  }
  const chunksOf = async (body: object): Promise<Chunk[]> => {
    const events = (await streamOf(PATH, { ...triage, stream: true, ...body })).trim().split('\n\n');
    expect(events.pop()).toBe('data: [DONE]');
    return events.map((event) => JSON.parse(event.slice('data: '.length)) as Chunk);
  };

  it('streams the same completion that it gives in one piece, its figures last', async () => {
    const [{ message, finish_reason }] = (await completionOf(triage)).choices;
    const chunks = await chunksOf({ stream_options: { include_usage: true } });
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
    expect(deltas[0]).toMatchObject({ role: 'assistant' });
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(message.content);
    const calls = deltas.flatMap(({ tool_calls }) => tool_calls ?? []);
    expect(calls.filter(({ id }) => id !== undefined)).toHaveLength(1);
    expect(calls.map((call) => call.function.arguments).join('')).toBe(message.tool_calls![0].function.arguments);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe(finish_reason);
    expect(chunks.at(-1)!.choices).toEqual([]);
    expect(chunks.map(({ usage }) => usage === null)).toEqual(chunks.map((_, i) => i < chunks.length - 1));
  });

  it('tells no figures in a stream that did not ask for them', async () => {
    for (const chunk of await chunksOf({})) expect(chunk).not.toHaveProperty('usage');
  });

  it.each(['bash', 'shell', 'developer__shell'])(
    'plays turn after turn with the shell that is called %s',
    async (name) => {
      const turn = async (turns: number) => {
        const messages = Array.from({ length: turns }, (_, i) => [
          { role: 'assistant', content: null, tool_calls: [{ id: `c${i}`, type: 'function', function: { name } }] },
          { role: 'tool', tool_call_id: `c${i}`, content: 'ok' },
        ]).flat();
        const tools = [{ type: 'function', function: { name } }];
        return (await completionOf({ ...triage, tools, messages: [...triage.messages, ...messages] })).choices[0];
      };
      const turns = await Promise.all([0, 1, 2, 3].map(turn));
      expect(turns.map(({ finish_reason }) => finish_reason)).toEqual([
        'tool_calls',
        'tool_calls',
        'tool_calls',
        'stop',
      ]);
      expect(turns[0]!.message.tool_calls![0].function).toEqual({
        name,
        arguments: '{"command":"cat \\"$WORKSPACE/incident.json\\""}',
      });
    },
  );

  it('answers briefly beside the triage', async () => {
    const { choices } = await completionOf({ model: 'm', messages: [{ role: 'user', content: 'Name this.' }] });
    expect(choices[0]).toMatchObject({ message: { content: 'Mock triage' }, finish_reason: 'stop' });
  });
});

describe('the mock as OpenAI', () => {
  it('gives the same bytes for the same request', async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: PROMPT }], stream: true };
    expect(await streamOf('/v1/chat/completions', body)).toBe(await streamOf('/v1/chat/completions', body));
  });

  it('lists models', async () => {
    const listed = await upstream.send(request('/v1/models', '', { method: 'GET' }));
    const { data } = (await json(listed.body)) as { data: { id: string }[] };
    const one = await upstream.send(request(`/v1/models/${data[0]!.id}`, '', { method: 'GET' }));
    expect(await json(one.body)).toEqual(data[0]);
  });

  it.each<[string, ModelRequest, number, string | null]>([
    ['no key', request('/v1/responses', {}, { headers: {} }), 401, null],
    [
      'a wrong key',
      request('/v1/responses', {}, { headers: { authorization: 'Bearer invalid' } }),
      401,
      'invalid_api_key',
    ],
    ['an unknown path', request('/v1/embeddings', {}), 404, 'unknown_url'],
    ['an unknown model', request('/v1/models/x', '', { method: 'GET' }), 404, 'model_not_found'],
    ['broken JSON', request('/v1/responses', '{'), 400, null],
    ['no input', request('/v1/responses', { model: 'm' }), 400, null],
    ['no messages', request('/v1/chat/completions', { model: 'm', messages: [] }), 400, null],
  ])("refuses %s in the provider's form", async (_title, refused, status, code) => {
    const answer = await upstream.send(refused);
    expect(answer.status).toBe(status);
    expect(await json(answer.body)).toMatchObject({ error: { type: 'invalid_request_error', param: null, code } });
  });
});
