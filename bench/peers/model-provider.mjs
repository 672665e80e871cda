// A model provider that answers at once: Anthropic Messages, whole or as a stream whose events come STREAM_PAUSE_MS apart.
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const TEXT = 'The pod was killed because it used more memory than its limit allows. '.repeat(8);
const PAUSE_MS = Number(process.env.STREAM_PAUSE_MS ?? 100);
const usage = { input_tokens: 1200, output_tokens: 140 };
const whole = JSON.stringify({
  ...{ id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-bench' },
  ...{ content: [{ type: 'text', text: TEXT }], stop_reason: 'end_turn', stop_sequence: null, usage },
});
const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-bench', content: [], usage };
const EVENTS = [
  { type: 'message_start', message },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...TEXT.split('. ').map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 140 } },
  { type: 'message_stop' },
].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

async function stream(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const event of EVENTS) {
    if (response.destroyed) return;
    response.write(event);
    await delay(PAUSE_MS);
  }
  response.end();
}

const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    if (request.headers['x-api-key'] !== 'key-of-the-bench') response.writeHead(401).end('{"type":"error"}');
    else if (Buffer.concat(pieces).includes('"stream":true')) void stream(response);
    else
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(whole) })
        .end(whole);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.resume().on('end', () => process.exit());
