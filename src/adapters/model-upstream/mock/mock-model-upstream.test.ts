import { afterEach, describe, expect, it } from '@jest/globals';
import { json, text } from 'node:stream/consumers';
import type { ModelRequest } from '../../../ports/model-upstream.js';
import { MockModelUpstream } from './mock-model-upstream.js';

const upstream = new MockModelUpstream({ pieceIntervalMs: 0 });
const request = (body: object | string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ provider: 'anthropic', method: 'POST', path: '/v1/messages?beta=true', headers: { 'x-api-key': 'sk-ant-x' } },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  signal: new AbortController().signal,
  ...more,
});
const prompt = {
  role: 'user',
  content: [{ type: 'text', text: 'Triage.\n<incident>{"title":"CrashLoopBackOff"}</incident>' }],
};
const triage = {
  model: 'claude-sonnet',
  max_tokens: 1000,
  messages: [prompt],
  tools: [{ name: 'Bash' }, { name: 'Read' }],
};
const toolResults = (count: number) =>
  Array.from({ length: count }, (_, i) => [
    { role: 'assistant', content: [{ type: 'tool_use', id: `t${i}`, name: 'Bash', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${i}`, content: [{ type: 'text', text: 'ok' }] }] },
  ]).flat();

interface Message {
  readonly content: readonly {
    readonly type: string;
    readonly text?: string;
    readonly input?: { readonly command: string };
  }[];
  readonly stop_reason: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}
const messageFor = async (body: object): Promise<Message> =>
  (await json((await upstream.send(request(body))).body)) as Message;
const events = (stream: string): Record<string, unknown>[] =>
  stream
    .trim()
    .split('\n\n')
    .map((event) => {
      const [name, data] = event.split('\n');
      const parsed = JSON.parse(data!.slice('data: '.length)) as Record<string, unknown>;
      expect(name).toBe(`event: ${String(parsed.type)}`);
      return parsed;
    });

describe('MockModelUpstream', () => {
  it('streams the same message that it gives in one piece', async () => {
    const whole = await messageFor(triage);
    const streamed = events(await text((await upstream.send(request({ ...triage, stream: true }))).body));
    expect(streamed[0]).toMatchObject({ type: 'message_start', message: { role: 'assistant', content: [] } });
    expect(streamed.slice(-2)).toMatchObject([
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ]);
    const joined = (index: number, field: string): string =>
      streamed
        .filter((event) => event.type === 'content_block_delta' && event.index === index)
        .map((event) => (event.delta as Record<string, string>)[field])
        .join('');
    expect(joined(0, 'text')).toBe(whole.content[0]!.text);
    expect(JSON.parse(joined(1, 'partial_json'))).toEqual(whole.content[1]!.input);
    expect(streamed.at(-2)).toMatchObject({ usage: { output_tokens: whole.usage.output_tokens } });
  });

  it('plays turn after turn by the number of tool results, and ends', async () => {
    const turns = await Promise.all(
      [0, 1, 2, 3].map((count) => messageFor({ ...triage, messages: [prompt, ...toolResults(count)] })),
    );
    expect(turns.map((turn) => turn.stop_reason)).toEqual(['tool_use', 'tool_use', 'tool_use', 'end_turn']);
    const commands = turns.map((turn) => turn.content.at(-1)!.input?.command);
    expect(commands[0]).toBe('cat "$WORKSPACE/incident.json"');
    expect(commands[2]).toContain('CrashLoopBackOff');
  });

  it('gives the same bytes for the same request', async () => {
    const body = { ...triage, stream: true };
    const [one, other] = await Promise.all([upstream.send(request(body)), upstream.send(request(body))]);
    expect(await text(one.body)).toBe(await text(other.body));
  });

  it('answers in text at once when it may not use Bash, and briefly beside the triage', async () => {
    expect(await messageFor({ ...triage, tools: [{ name: 'Read' }] })).toMatchObject({ stop_reason: 'end_turn' });
    const { content } = await messageFor({ ...triage, tools: [] });
    expect(content).toEqual([{ type: 'text', text: 'Mock triage' }]);
  });

  it('counts tokens and lists models', async () => {
    const counted = await upstream.send(request(triage, { path: '/v1/messages/count_tokens' }));
    expect(await json(counted.body)).toEqual({ input_tokens: Math.ceil(JSON.stringify(triage).length / 4) });
    const listed = await upstream.send(request('', { method: 'GET', path: '/v1/models?limit=5' }));
    const { data } = (await json(listed.body)) as { data: { id: string }[] };
    const one = await upstream.send(request('', { method: 'GET', path: `/v1/models/${data[0]!.id}` }));
    expect(await json(one.body)).toEqual(data[0]);
  });

  it.each<[string, ModelRequest, number, string]>([
    ['no key', request(triage, { headers: {} }), 401, 'authentication_error'],
    ['an empty key', request(triage, { headers: { 'x-api-key': '' } }), 401, 'authentication_error'],
    ['a wrong key', request(triage, { headers: { 'x-api-key': 'sk-invalid-1' } }), 401, 'authentication_error'],
    ['an unknown path', request(triage, { path: '/v1/complete' }), 404, 'not_found_error'],
    ['an unknown model', request('', { method: 'GET', path: '/v1/models/gpt' }), 404, 'not_found_error'],
    ['broken JSON', request('{'), 400, 'invalid_request_error'],
    ['no messages', request({ model: 'm', max_tokens: 1 }), 400, 'invalid_request_error'],
    ['no max_tokens', request({ ...triage, max_tokens: undefined }), 400, 'invalid_request_error'],
  ])("refuses %s in the provider's form", async (_title, refused, status, type) => {
    const answer = await upstream.send(refused);
    expect(answer.status).toBe(status);
    expect(await json(answer.body)).toMatchObject({ type: 'error', error: { type } });
  });
});

describe('a paced answer', () => {
  const paced = new MockModelUpstream({ pieceIntervalMs: 60_000 });
  afterEach(() => paced.close());

  it('ends when the caller goes away', async () => {
    const caller = new AbortController();
    const { body } = await paced.send(request({ ...triage, stream: true }, { signal: caller.signal }));
    body.once('data', () => caller.abort());
    await expect(text(body)).rejects.toThrow('abort');
  });

  it('ends when the server closes', async () => {
    const closing = new MockModelUpstream({ pieceIntervalMs: 60_000 });
    const { body } = await closing.send(request({ ...triage, stream: true }));
    body.once('data', () => void closing.close());
    await expect(text(body)).rejects.toThrow('abort');
    await expect(closing.send(request(triage))).rejects.toThrow('closed');
  });
});
