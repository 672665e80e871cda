// A model for CLIs in a container without network: keeps every request as a file and answers with the word "done", in the
// protocol of the call. Anthropic's is first told to read the skill. Usage: node recording-model.mjs FOLDER, listens on 8377.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const folder = process.argv[2];
mkdirSync(folder);
let count = 0;

const typed = (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const plain = (event) => `data: ${JSON.stringify(event)}\n\n`;

function anthropic(body) {
  const reads = !body.includes('tool_result');
  const block = reads ? { type: 'tool_use', id: 'toolu_1', name: 'Read', input: {} } : { type: 'text', text: '' };
  const input = JSON.stringify({ file_path: '/skills/k8s-troubleshooter/SKILL.md' });
  const delta = reads ? { type: 'input_json_delta', partial_json: input } : { type: 'text_delta', text: 'done' };
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null };
  return [
    { type: 'message_start', message: { ...message, usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: reads ? 'tool_use' : 'end_turn' }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ].map(typed);
}

function responses() {
  const content = [{ type: 'output_text', text: 'done', annotations: [] }];
  const item = { id: 'i', type: 'message', role: 'assistant', status: 'completed', content };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  return [
    { type: 'response.created', response: { id: 'r', status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { id: 'r', status: 'completed', output: [item], usage } },
  ].map(typed);
}

function chatCompletions() {
  const chunk = { id: 'c', object: 'chat.completion.chunk', model: 'm' };
  const choice = { index: 0, finish_reason: null, delta: { role: 'assistant', content: 'done' } };
  return [
    { ...chunk, choices: [choice] },
    { ...chunk, choices: [{ index: 0, finish_reason: 'stop', delta: {} }] },
    { ...chunk, choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
  ]
    .map(plain)
    .concat('data: [DONE]\n\n');
}

function google() {
  const candidate = { index: 0, finishReason: 'STOP', content: { role: 'model', parts: [{ text: 'done' }] } };
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
  return [plain({ candidates: [candidate], usageMetadata })];
}

const PROTOCOLS = [
  [/\/messages/, anthropic],
  [/\/responses$/, responses],
  [/\/chat\/completions$/, chatCompletions],
  [/:streamGenerateContent/, google],
];

createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces).toString();
    const answer = PROTOCOLS.find(([where]) => where.test(request.url))?.[1];
    if (!answer) return response.writeHead(404).end();
    count += 1;
    writeFileSync(path.join(folder, `${count}.json`), body);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer(body).join(''));
  });
}).listen(8377, '127.0.0.1');
