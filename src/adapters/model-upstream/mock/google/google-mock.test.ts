import { describe, expect, it } from '@jest/globals';
import { json, text } from 'node:stream/consumers';
import type { ModelRequest } from '../../../../ports/model-upstream.js';
import { MockModelUpstream } from '../mock-model-upstream.js';

const upstream = new MockModelUpstream({ pieceIntervalMs: 0 });
const MODEL = '/v1beta/models/gemini-x';
const request = (path: string, body: object | string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ provider: 'google', method: 'POST', path, headers: { 'x-goog-api-key': 'g-x' } },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  signal: new AbortController().signal,
  ...more,
});

const triage = {
  contents: [
    {
      role: 'user',
      parts: [{ text: '<session_context>…' }, { text: 'Triage.\n<incident>{"title":"CrashLoopBackOff"}</incident>' }],
    },
  ],
  tools: [{ functionDeclarations: [{ name: 'read_file' }, { name: 'run_shell_command' }] }],
};
const after = (turns: number) => ({
  ...triage,
  contents: [
    ...triage.contents,
    ...Array.from({ length: turns }, () => [
      { role: 'model', parts: [{ functionCall: { name: 'run_shell_command', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'run_shell_command', response: { output: 'ok' } } }] },
    ]).flat(),
  ],
});

interface Answer {
  readonly candidates: readonly {
    readonly content: {
      readonly parts: readonly {
        readonly text?: string;
        readonly functionCall?: { readonly args: { readonly command: string } };
      }[];
    };
    readonly finishReason?: string;
  }[];
  readonly usageMetadata: { readonly promptTokenCount: number; readonly totalTokenCount: number };
  readonly modelVersion: string;
}
const generate = async (body: object): Promise<Answer> =>
  (await json((await upstream.send(request(`${MODEL}:generateContent`, body))).body)) as Answer;
const partsOf = (answers: readonly Answer[]) => answers.flatMap(({ candidates }) => candidates[0]!.content.parts);
const textOf = (answers: readonly Answer[]): string =>
  partsOf(answers)
    .map((part) => part.text ?? '')
    .join('');

describe('the mock as Google', () => {
  it.each(['events', 'an array'])('streams as %s the same answer that it gives in one piece', async (form) => {
    const whole = await generate(triage);
    const query = form === 'events' ? '?alt=sse' : '';
    const answer = await upstream.send(request(`${MODEL}:streamGenerateContent${query}`, triage));
    const stream = await text(answer.body);
    const pieces = (
      form === 'events'
        ? stream
            .trim()
            .split('\r\n\r\n')
            .map((event) => JSON.parse(event.slice('data: '.length)) as unknown)
        : JSON.parse(stream)
    ) as Answer[];
    expect(answer.headers['content-type']).toMatch(form === 'events' ? /^text\/event-stream/ : /^application\/json/);
    expect(pieces.length).toBeGreaterThan(2);
    expect(textOf(pieces)).toBe(textOf([whole]));
    expect(partsOf(pieces).at(-1)).toEqual(partsOf([whole]).at(-1));
    const isLast = (i: number): boolean => i === pieces.length - 1;
    expect(pieces.map(({ candidates }) => candidates[0]!.finishReason)).toEqual(
      pieces.map((_, i) => (isLast(i) ? 'STOP' : undefined)),
    );
    expect(pieces.at(-1)).toMatchObject({ usageMetadata: whole.usageMetadata, modelVersion: 'gemini-x' });
  });

  it('plays turn after turn by the number of tool results, and ends', async () => {
    const turns = await Promise.all([0, 1, 2, 3].map((count) => generate(after(count))));
    const commands = turns.map((turn) => partsOf([turn]).at(-1)!.functionCall?.args.command);
    expect(commands[0]).toBe('cat "$WORKSPACE/incident.json"');
    expect(commands[2]).toContain('CrashLoopBackOff');
    expect(commands[3]).toBeUndefined();
  });

  it('gives the report in text without a shell, and a short answer beside the triage', async () => {
    const noShell = await generate({ ...triage, tools: [{ googleSearch: {} }] });
    expect(textOf([noShell])).toContain('# Triage report');
    expect(textOf([await generate({ contents: triage.contents })])).toBe('Mock triage');
  });

  it('answers a question on the side in the form that it asks for', async () => {
    const responseJsonSchema = {
      type: 'OBJECT',
      properties: {
        why: { type: 'STRING' },
        score: { type: 'INTEGER' },
        model: { type: 'STRING', enum: ['pro', 'flash'] },
      },
    };
    const answer = await generate({ contents: triage.contents, generationConfig: { responseJsonSchema } });
    expect(JSON.parse(textOf([answer]))).toEqual({ why: 'Mock triage', score: 1, model: 'pro' });
  });

  it('gives the same bytes for the same request', async () => {
    const stream = async () => text((await upstream.send(request(`${MODEL}:streamGenerateContent`, triage))).body);
    expect(await stream()).toBe(await stream());
  });

  it('counts tokens and lists models', async () => {
    const counted = await upstream.send(request(`${MODEL}:countTokens`, triage));
    expect(await json(counted.body)).toEqual({ totalTokens: (await generate(triage)).usageMetadata.promptTokenCount });
    const listed = await upstream.send(request('/v1beta/models', '', { method: 'GET' }));
    const { models } = (await json(listed.body)) as { models: { name: string }[] };
    const one = await upstream.send(request(`/v1beta/${models[0]!.name}`, '', { method: 'GET' }));
    expect(await json(one.body)).toEqual(models[0]);
  });

  it.each<[string, ModelRequest, number, string]>([
    ['no key', request(`${MODEL}:generateContent`, triage, { headers: {} }), 403, 'PERMISSION_DENIED'],
    [
      'a wrong key',
      request(`${MODEL}:generateContent`, triage, { headers: { 'x-goog-api-key': 'g-invalid' } }),
      ...([400, 'INVALID_ARGUMENT'] as const),
    ],
    ['an unknown method', request(`${MODEL}:embedContent`, triage), 404, 'NOT_FOUND'],
    ['an unknown path', request('/v1beta/files', triage), 404, 'NOT_FOUND'],
    ['an unknown model', request('/v1beta/models/x', '', { method: 'GET' }), 404, 'NOT_FOUND'],
    ['broken JSON', request(`${MODEL}:generateContent`, '{'), 400, 'INVALID_ARGUMENT'],
    ['no contents', request(`${MODEL}:generateContent`, { contents: [] }), 400, 'INVALID_ARGUMENT'],
  ])("refuses %s in the provider's form", async (_title, refused, code, status) => {
    const answer = await upstream.send(refused);
    expect(answer.status).toBe(code);
    expect(await json(answer.body)).toMatchObject({ error: { code, status } });
  });
});
