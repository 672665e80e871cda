// needs: docker
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { streamedMessage } from '../../src/adapters/model-upstream/mock/anthropic/anthropic-stream.js';
import type { ModelRequest, ModelResponse } from '../../src/ports/model-upstream.js';
import { startApiServer, type ApiServer } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { startModelServer, type ModelServer } from '../testkit/model-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import {
  bridgeAddress,
  createWorkspace,
  standaloneContainers,
  type StandaloneWorkspace,
} from '../testkit/standalone.js';

jest.setTimeout(180_000);

const KEY = 'sk-test-0123456789abcdef-standalone';
/** More than one argument of a program may hold. */
const LONG_PROMPT = `${'Look closely. '.repeat(10_000)}What is wrong with checkout?`;
const PERMISSIONS = JSON.stringify({ namespaces: { shop: ['get', 'list'] } });

let host: string;
let cluster: ApiServer;
let models: ModelServer;
let workspace: StandaloneWorkspace;

beforeAll(async () => {
  host = await bridgeAddress();
  cluster = await startApiServer({ incidentFolder: SAMPLE_FOLDER, host, certificateNames: [host] });
  models = await startModelServer({ host });
});

afterAll(async () => {
  await models?.close();
  await cluster?.close();
});

afterEach(() => workspace?.remove());

const prepare = async (files: Readonly<Record<string, string>> = {}): Promise<StandaloneWorkspace> => {
  workspace = await createWorkspace({ 'incident.json': SAMPLE_INCIDENT, kubeconfig: cluster.kubeconfig(), ...files });
  return workspace;
};

const fileIn = (...names: string[]) => readFile(path.join(workspace.path, ...names), 'utf8');
const inArchive = async (): Promise<string[]> => {
  const { stdout } = await promisify(execFile)('tar', ['-tzf', path.join(workspace.path, 'logs/agent-session.tar.gz')]);
  return stdout.trim().split('\n');
};

describe('run-agent.sh with the real CLI in a container', () => {
  it.each([
    { agent: 'claude', key: 'ANTHROPIC_API_KEY', url: 'ANTHROPIC_BASE_URL', base: '', top: '.claude/' },
    { agent: 'codex', key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL', base: '/v1', top: '.codex/' },
    { agent: 'gemini', key: 'GOOGLE_API_KEY', url: 'GOOGLE_GEMINI_BASE_URL', base: '', top: '.gemini/' },
    { agent: 'opencode', key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL', base: '/v1', top: '.opencode/' },
    { agent: 'goose', key: 'OPENAI_API_KEY', url: 'OPENAI_HOST', base: '', top: '.goose/' },
  ])('$agent reads the cluster, reports, and leaves log, prompt, session and commands', async (row) => {
    const { agent, key, url, base, top } = row;
    await prepare({ 'incident_cluster_permissions.json': PERMISSIONS, 'prompt.md': LONG_PROMPT });
    const asked = cluster.requests.length;
    const called = models.calls.length;
    const flags = ['-a', agent, '-d', '--kubeconfig', path.join(workspace.path, 'kubeconfig')];
    const { exitCode, stdout, stderr } = await workspace.runAgent(flags, { [key]: KEY, [url]: models.url + base });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });

    const logs = (await readdir(path.join(workspace.path, 'output'))).filter((name) => name.endsWith('.log'));
    expect(logs).toEqual([expect.stringMatching(new RegExp(`^triage_${agent}_\\d{8}_\\d{6}\\.log$`))]);
    expect(await fileIn('output', logs[0]!)).toBe(stdout);
    expect(await fileIn('output/report.md')).toContain('ECONNREFUSED');
    expect(JSON.parse(await fileIn('output/report.json'))).toMatchObject({ schemaVersion: 1 });
    const prompt = await fileIn('prompt-sent.md');
    expect(prompt).toContain(LONG_PROMPT);
    expect(models.calls.slice(called).some(({ body }) => body.includes(LONG_PROMPT))).toBe(true);
    expect(prompt.match(/<\/incident>/g)).toHaveLength(1);
    expect(prompt).toMatch(/<initial_triage_report>\n[^]*checkout-7d4b9c6f5-x2x9k[^]*\n<\/initial_triage_report>/);

    const paths = cluster.requests.slice(asked).map((request) => request.path);
    expect(paths).toContain('/api/v1/namespaces/shop/pods');
    expect(cluster.requests.some(({ write }) => write)).toBe(false);

    expect((await inArchive())[0]).toBe(top);
    const commands = await fileIn('logs/agent-commands-executed.log');
    expect(commands).toMatch(new RegExp(`^# agent: ${agent}\n# timestamp: .+\n# incident: inc-crashloop-checkout\n`));
    expect(commands).toContain('look get pods --namespace shop');
    for (const text of [stdout, prompt, commands]) expect(text).not.toContain(KEY);
    expect(await standaloneContainers(workspace)).toEqual([]);
  });
});

describe('run-agent.sh -t', () => {
  /** Asks for a tool that was not given, then ends. */
  const tempter = (request: ModelRequest): Promise<ModelResponse> | undefined => {
    if (!request.path.startsWith('/v1/messages?') && request.path !== '/v1/messages') return undefined;
    const text = request.body.toString();
    const tempted = text.includes('tool_result');
    const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const pieces = streamedMessage({
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-mock', stop_sequence: null, usage },
      stop_reason: tempted ? 'end_turn' : 'tool_use',
      content: tempted
        ? [{ type: 'text', text: 'Done.' }]
        : [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'touch "$OUTPUT/escaped"' } }],
    });
    return Promise.resolve({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: Readable.from(pieces),
    });
  };

  const toolNames = (body: string): string[] =>
    body.includes('"tools"') ? (JSON.parse(body) as { tools: { name: string }[] }).tools.map(({ name }) => name) : [];

  it('keeps Claude from a tool that is not listed, even when the model calls it', async () => {
    const tempting = await startModelServer({ host, answer: tempter });
    try {
      await prepare();
      const environment = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: tempting.url };
      const { exitCode, stdout } = await workspace.runAgent(['-t', 'Read,Grep,Glob'], environment);
      expect(exitCode).toBe(0);
      const offered = tempting.calls.flatMap(({ body }) => toolNames(body.toString()));
      expect(offered).toEqual(expect.arrayContaining(['Read', 'Grep', 'Glob']));
      expect(offered.filter((name) => ['Bash', 'Write', 'Edit', 'WebFetch', 'Task', 'Skill'].includes(name))).toEqual(
        [],
      );
      expect(stdout).toContain('No such tool available: Bash');
      expect(existsSync(path.join(workspace.path, 'output/escaped'))).toBe(false);

      await prepare();
      await workspace.runAgent(['-t', 'Read,Bash'], environment);
      expect(existsSync(path.join(workspace.path, 'output/escaped'))).toBe(true);
    } finally {
      await tempting.close();
    }
  });
});

describe('run-agent.sh --timeout', () => {
  it('ends an agent whose model hangs: 124, the session is kept, the container gone', async () => {
    const hanging = await startModelServer({ host, answer: () => new Promise(() => undefined) });
    try {
      await prepare();
      const environment = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: hanging.url };
      const { exitCode, stderr } = await workspace.runAgent(['-d', '--timeout', '6'], environment);
      expect(exitCode).toBe(124);
      expect(stderr).toContain('the time was up after 6 seconds');
      expect(hanging.calls.length).toBeGreaterThan(0);
      expect((await inArchive())[0]).toBe('.claude/');
      expect(await standaloneContainers(workspace)).toEqual([]);
    } finally {
      await hanging.close();
    }
  });
});
