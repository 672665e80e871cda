// For CLIs in a container without network: runs one of them with each of the given models, refuses all that it asks for, and
// prints as JSON which model of the provider each run asked for last. Usage: node asked-models.mjs claude|gemini MODEL...
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [cli, ...models] = process.argv.slice(2);
const home = '/tmp/home';
mkdirSync(`${home}/.gemini`, { recursive: true });
writeFileSync(`${home}/.gemini/settings.json`, '{"security":{"auth":{"selectedType":"gemini-api-key"}}}');

let asked;
const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    asked = /\/models\/([^:]+):/.exec(request.url)?.[1] ?? JSON.parse(Buffer.concat(pieces).toString() || '{}').model;
    const error = { type: 'invalid_request_error', code: 400, status: 'INVALID_ARGUMENT', message: 'refused' };
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ type: 'error', error }));
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');

const url = `http://127.0.0.1:${server.address().port}`;
const environment = {
  PATH: process.env.PATH,
  HOME: home,
  GEMINI_CLI_HOME: home,
  ANTHROPIC_BASE_URL: url,
  GOOGLE_GEMINI_BASE_URL: url,
  ANTHROPIC_API_KEY: 'no-key-at-all',
  GEMINI_API_KEY: 'no-key-at-all',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
};
const ask = (model) =>
  cli === 'claude' ? ['-p', 'hello', '--model', model] : ['-p', 'hello', '--skip-trust', '-m', model];
const found = {};
for (const model of models) {
  asked = undefined;
  await once(spawn(cli, ask(model), { env: environment, stdio: 'ignore' }), 'exit');
  found[model] = asked;
}
process.stdout.write(JSON.stringify(found));
process.exit(0);
