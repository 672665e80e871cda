#!/usr/bin/env node
// Stands in for Claude Code, Codex or Gemini: makes as many model calls as the incident's `loadAgent` asks for, so many at
// once, over its provider's APIs. Of 30 calls 10 are streamed; some fail by the name of their model (docs/built-in-mock.md),
// and some it leaves after the first piece. No call is made twice. It prints a line for each; what became of
// them, and the digest of all it printed, stands in $OUTPUT/tally.json.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

// `codex login` comes before `codex exec`.
if (process.argv[2] === 'login') process.exit(0);

const { AGENT_CLI, RUN_ID, WORKSPACE, OUTPUT } = process.env;
const { calls, atOnce } = JSON.parse(readFileSync(`${WORKSPACE}/incident.json`, 'utf8')).loadAgent;

/** How call n of every 30 goes: what it is to end in, whether it is streamed, and its model's name. */
const KINDS = [
  ...Array(14).fill({ end: 'completed', streamed: false, model: 'load' }),
  ...Array(5).fill({ end: 'completed', streamed: true, model: 'load-streamed' }),
  ...Array(2).fill({ end: 'left', streamed: true, model: 'mock-slow' }),
  ...Array(2).fill({ end: '429', streamed: false, model: 'mock-429' }),
  ...Array(2).fill({ end: 'cut', streamed: false, model: 'mock-cut' }),
  { end: '500', streamed: false, model: 'mock-500' },
  { end: '429', streamed: true, model: 'mock-429' },
  { end: '500', streamed: true, model: 'mock-500' },
  { end: 'cut', streamed: true, model: 'mock-cut' },
  { end: 'side', streamed: false, model: 'load-side' },
];

const question = (size) => `What is wrong with ${'x'.repeat(size)}?`;
const asChat = (size) => [{ role: 'user', content: question(size) }];

/** For each API: the request, and what a whole streamed answer ends with. */
const APIS = {
  messages: {
    url: () => `${process.env.ANTHROPIC_BASE_URL}/v1/messages`,
    side: () => ({ url: `${process.env.ANTHROPIC_BASE_URL}/v1/messages/count_tokens` }),
    key: () => ({ 'x-api-key': process.env.ANTHROPIC_API_KEY, 'anthropic-version': '2023-06-01' }),
    body: ({ model, streamed, size, long }) => ({
      ...{
        model,
        max_tokens: 99,
        stream: streamed,
        messages: asChat(size),
        ...(long && { tools: [{ name: 'Look', input_schema: {} }] }),
      },
    }),
    endMark: /event: message_stop\n.*\n\n$/,
  },
  responses: {
    url: () => `${process.env.OPENAI_BASE_URL}/responses`,
    side: () => ({ url: `${process.env.OPENAI_BASE_URL}/models`, method: 'GET' }),
    key: () => ({ authorization: `Bearer ${process.env.OPENAI_API_KEY}` }),
    body: ({ model, streamed, size, long }) => ({
      ...{
        model,
        stream: streamed,
        store: false,
        input: question(size),
        ...(long && { tools: [{ type: 'function', name: 'look' }] }),
      },
    }),
    endMark: /event: response\.completed\n.*\n\n$/,
  },
  chat: {
    url: () => `${process.env.OPENAI_BASE_URL}/chat/completions`,
    side: () => ({ url: `${process.env.OPENAI_BASE_URL}/models`, method: 'GET' }),
    key: () => ({ authorization: `Bearer ${process.env.OPENAI_API_KEY}` }),
    body: ({ model, streamed, size, long }) => ({
      ...{ model, stream: streamed, messages: asChat(size) },
      ...(long && { tools: [{ type: 'function', function: { name: 'look' } }] }),
    }),
    endMark: /data: \[DONE\]\n\n$/,
  },
  google: {
    url: ({ model, streamed }) =>
      `${process.env.GOOGLE_GEMINI_BASE_URL}/v1beta/models/${model}:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    side: ({ model }) => ({ url: `${process.env.GOOGLE_GEMINI_BASE_URL}/v1beta/models/${model}:countTokens` }),
    key: () => ({ 'x-goog-api-key': process.env.GOOGLE_API_KEY ?? process.env.GEMINI_API_KEY }),
    body: ({ size, long }) => ({
      contents: [{ role: 'user', parts: [{ text: question(size) }] }],
      ...(long && { tools: [{ functionDeclarations: [{ name: 'look' }] }] }),
    }),
    endMark: /"finishReason":"STOP".*\r\n\r\n$/,
  },
};

const apisOf = { claude: ['messages'], codex: ['responses', 'chat'], gemini: ['google'] }[AGENT_CLI];

/**
 * Those that are to be completed ask for another model, at another length, in each of five rounds: the first is answered at
 * length, the last with tokens of every kind.
 */
function callOf(n) {
  const { end, streamed, model } = KINDS[n % KINDS.length];
  const api = apisOf[n % apisOf.length];
  if (end !== 'completed') return { end, streamed, api, model, size: 0, long: true };
  const round = Math.floor(n / KINDS.length) % 5;
  const asked = `${model}-${api}-${round}${round === 4 ? '-mock-figures' : ''}`;
  return { end, streamed, api, model: asked, size: 40 * round, long: round === 0 };
}

/** What became of it: as it was meant to, or what else. */
async function make(n) {
  const call = callOf(n);
  const api = APIS[call.api];
  const { url, method = 'POST' } = call.end === 'side' ? api.side(call) : { url: api.url(call) };
  const leave = new globalThis.AbortController();
  let status;
  let text;
  try {
    const answer = await fetch(url, {
      method,
      headers: { ...api.key(), 'content-type': 'application/json', 'x-call-tag': `${RUN_ID}-${n}` },
      ...(method === 'GET' ? {} : { body: JSON.stringify(api.body(call)) }),
      signal: leave.signal,
    });
    status = answer.status;
    if (status === 200 && call.end === 'left') {
      await answer.body.getReader().read();
      leave.abort();
      return 'left';
    }
    text = await answer.text();
  } catch (error) {
    return status === 200 && call.end === 'cut' ? 'cut' : `broken: ${status ?? error.cause?.code ?? error.message}`;
  }
  if (status !== 200) return ['429', '500'].includes(String(status)) ? String(status) : `answered ${status}: ${text}`;
  if (call.end === 'side') return 'side';
  if (call.streamed ? api.endMark.test(text) : text.endsWith('}')) return 'completed';
  return `not whole: ${text.slice(-200)}`;
}

const printed = { digest: createHash('sha256'), bytes: 0 };
function print(line) {
  const bytes = Buffer.from(`${line}\n`);
  printed.digest.update(bytes);
  printed.bytes += bytes.length;
  process.stdout.write(bytes);
}

const tally = { asMeant: {}, otherwise: [] };
let next = 0;
async function work() {
  for (let n = next++; n < calls; n = next++) {
    const { end, model } = callOf(n);
    const became = await make(n);
    if (became === end) tally.asMeant[`${end} ${model}`] = (tally.asMeant[`${end} ${model}`] ?? 0) + 1;
    else tally.otherwise.push({ tag: `${RUN_ID}-${n}`, end, model, became, at: Date.now() });
    print(`call ${n}: ${became}`);
  }
}
await Promise.all(Array.from({ length: atOnce }, work));
const output = { bytes: printed.bytes, sha256: printed.digest.digest('hex') };
writeFileSync(`${OUTPUT}/tally.json`, JSON.stringify({ ...tally, output }));
