// needs: docker
import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import type { ModelRequest, ModelUpstream } from '../../src/ports/model-upstream.js';
import { STATE_FOLDERS } from '../../src/adapters/container-runtime/docker-layout.js';
import { startGatewayServer, type GatewayServer } from '../testkit/gateway-server.js';

const IMAGE = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
const QUESTION = 'Search the web for OOMKilled.';
const SEARCH = { query: 'OOMKilled' };

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

const event = (data: { type?: string }): string =>
  `${data.type === undefined ? '' : `event: ${data.type}\n`}data: ${JSON.stringify(data)}\n\n`;

/** The model of Claude Code: it asks for a search, and then says what it was told of it. */
function anthropic(body: string): string {
  const asks = !body.includes('"tool_result"');
  const block = asks ? { type: 'tool_use', id: 'toolu_1', name: 'WebSearch', input: {} } : { type: 'text', text: '' };
  const delta = asks
    ? { type: 'input_json_delta', partial_json: JSON.stringify(SEARCH) }
    : { type: 'text_delta', text: 'done' };
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null };
  return [
    { type: 'message_start', message: { ...message, usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: asks ? 'tool_use' : 'end_turn' }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ]
    .map(event)
    .join('');
}

function google(body: string): string {
  const part = body.includes('functionResponse')
    ? { text: 'done' }
    : { functionCall: { name: 'google_web_search', args: SEARCH } };
  const candidate = { index: 0, finishReason: 'STOP', content: { role: 'model', parts: [part] } };
  return event({ candidates: [candidate], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } } as object);
}

class SearchingModel implements ModelUpstream {
  readonly kind = 'mock';
  readonly asked: string[] = [];

  async send({ body, provider }: ModelRequest) {
    const text = Buffer.from(body as Uint8Array).toString();
    this.asked.push(text);
    const answer = provider === 'google' ? google(text) : anthropic(text);
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: Readable.from([Buffer.from(answer)]),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Runs a command of the image with the host's network for the run channel; gives what it printed, and how it ended. */
async function run(variables: Readonly<Record<string, string>>, command: string) {
  const args = [
    ...['run', '--rm', '--network', 'host', '--read-only', '--cap-drop', 'ALL', '--tmpfs', '/tmp'],
    ...STATE_FOLDERS.flatMap((state) => ['--tmpfs', `${state}:mode=1777`]),
    ...Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...['--entrypoint', 'timeout', IMAGE, '60', 'bash', '-c', command],
  ];
  return new Promise<{ code: number; log: string }>((resolve) => {
    execFile('docker', args, { maxBuffer: 64 * 1024 * 1024, timeout: 80_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, log: stdout + stderr }),
    );
  });
}

async function start(whose: Parameters<typeof startGatewayServer>[0]) {
  const model = new SearchingModel();
  const gateway = await startGatewayServer(whose, { upstream: model });
  closings.push(() => gateway.close());
  return { model, gateway };
}

/** Of each call that was counted: what the agent saw of it. */
const answers = (gateway: GatewayServer) => gateway.calls.map(({ status, error }) => [status, error]);
const ANSWERED = [200, undefined];
const REFUSED = [403, 'REFUSED'];
const SAYS = /asks of the provider\. An administrator may allow it: updateInstance with WEB_SEARCH in providerFeatures/;

describe('a real CLI that asks its provider for a web search', () => {
  it('Claude Code: its tool fails with what the gateway says, and the run goes on', async () => {
    const { model, gateway } = await start({ aiAgent: 'CLAUDE_CODE', provider: 'anthropic' });
    const variables = {
      ...{ ANTHROPIC_BASE_URL: `${gateway.url}/anthropic`, ANTHROPIC_API_KEY: gateway.credential },
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    };
    const options = '--output-format stream-json --verbose --tools WebSearch --allowedTools WebSearch';
    const { code, log } = await run(variables, `printf '${QUESTION}' | claude -p ${options}`);
    const lines = log.split('\n').filter((line) => line.startsWith('{'));
    const result = lines.find((line) => line.includes('"tool_result"'));
    expect([code, result]).toEqual([0, expect.stringMatching(SAYS)]);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'result', is_error: false, result: 'done' });
    expect(answers(gateway)).toEqual([ANSWERED, REFUSED, ANSWERED]);
    expect(model.asked.filter((body) => body.includes('"type":"web_search'))).toEqual([]);
  }, 120_000);

  it('Gemini CLI: its tool fails with what the gateway says, and the run goes on', async () => {
    const { model, gateway } = await start({ aiAgent: 'GEMINI_CLI', provider: 'google' });
    const variables = {
      ...{ GOOGLE_GEMINI_BASE_URL: `${gateway.url}/google`, GEMINI_API_KEY: gateway.credential },
      GEMINI_CLI_NO_RELAUNCH: 'true',
    };
    const settings = '{"security":{"auth":{"selectedType":"gemini-api-key"}}}';
    const options = '-o stream-json -m gemini-2.5-pro --approval-mode yolo --skip-trust';
    const keep = `mkdir -p ~/.gemini; echo '${settings}' >~/.gemini/settings.json`;
    const { code, log } = await run(variables, `${keep}; gemini -p '${QUESTION}' ${options} </dev/null`);
    const result = log.split('\n').find((line) => line.includes('"tool_result"'));
    expect([code, result]).toEqual([0, expect.stringMatching(SAYS)]);
    expect(log).toMatch(/"type":"result".*"status":"success"/);
    expect(answers(gateway)).toEqual([ANSWERED, REFUSED, ANSWERED]);
    expect(model.asked.filter((body) => /"google_?Search":/i.test(body))).toEqual([]);
  }, 120_000);

  it('Codex CLI, which asks in each of its calls: it tries again five times, and the turn fails with what the gateway says', async () => {
    const { model, gateway } = await start({ aiAgent: 'CODEX_CLI', provider: 'openai' });
    const provider = `{name="gw",base_url="${gateway.url}/openai/v1",env_key="OPENAI_API_KEY",wire_api="responses"}`;
    const options = '--json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox -m gpt-5.5';
    const settings = `-c web_search=live -c model_provider=gw -c 'model_providers.gw=${provider}'`;
    const command = `codex exec ${options} ${settings} '${QUESTION}' </dev/null`;
    const { code, log } = await run({ OPENAI_API_KEY: gateway.credential }, command);
    const failed = log.split('\n').find((line) => line.includes('"turn.failed"'));
    expect([code, failed]).toEqual([1, expect.stringMatching(SAYS)]);
    expect(answers(gateway)).toEqual(Array(6).fill(REFUSED));
    expect(model.asked).toEqual([]);
  }, 120_000);
});
