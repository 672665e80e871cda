// For CLIs in a container without network: runs one of them with each of the given models, refuses all that it asks for, and
// prints as JSON what each run asked for last: which path, and which model of the provider. Usage: node asked-models.mjs
// claude|gemini|goose MODEL...
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
    const model =
      /\/models\/([^:]+):/.exec(request.url)?.[1] ?? JSON.parse(Buffer.concat(pieces).toString() || '{}').model;
    if (model !== undefined) asked = { path: request.url, model };
    const error = { type: 'invalid_request_error', code: 400, status: 'INVALID_ARGUMENT', message: 'refused' };
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ type: 'error', error }));
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');

const url = `http://127.0.0.1:${server.address().port}`;
/** Of Goose, which takes its model from there. */
const gooseEnvironment = (model) => ({
  GOOSE_PROVIDER: 'openai',
  GOOSE_MODEL: model,
  GOOSE_DISABLE_KEYRING: '1',
  OPENAI_HOST: url,
  OPENAI_API_KEY: 'no-key-at-all',
});
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
  ({
    claude: ['-p', 'hello', '--model', model],
    gemini: ['-p', 'hello', '--skip-trust', '-m', model],
    goose: ['run', '--no-session', '--text', 'hello'],
  })[cli];
const found = {};
for (const model of models) {
  asked = undefined;
  await once(spawn(cli, ask(model), { env: { ...environment, ...gooseEnvironment(model) }, stdio: 'ignore' }), 'exit');
  found[model] = asked;
}
process.stdout.write(JSON.stringify(found));
process.exit(0);
