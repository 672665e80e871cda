// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOSTILE_TEXTS, OBEYED, SGR } from '../testkit/hostile-texts.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { startOnTerminal } from '../testkit/terminal.js';
import { awaitRun, createInstance } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let runId: string;

/** No argument of a process holds NUL, and no report. */
const ALL_BUT_NUL = HOSTILE_TEXTS.join(' ').replaceAll('\0', '');

/** What the agent prints: each text by itself, cut in two by time, and in every part of its event stream. */
function hostileLog(): Buffer {
  const lines = HOSTILE_TEXTS.flatMap((text) => [
    text,
    ...[
      { type: 'system', subtype: 'init', model: text, claude_code_version: text },
      {
        type: 'assistant',
        message: {
          content: [
            { type: 'text', text },
            { type: 'thinking', thinking: text },
          ],
        },
      },
      {
        type: 'assistant',
        message: { content: [{ type: 'tool_use', id: 't', name: text, input: { command: text } }] },
      },
      {
        type: 'user',
        message: { content: [{ type: 'tool_result', tool_use_id: 't', content: text, is_error: true }] },
      },
      { type: 'result', subtype: 'success', is_error: true, result: text },
    ].map((event) => JSON.stringify(event)),
  ]);
  // Bytes that are no UTF-8: C1 controls by themselves.
  return Buffer.concat([
    Buffer.from(lines.join('\n')),
    Buffer.from([0x0a, 0x9b, 0x32, 0x4a, 0x9d, 0x30, 0x3b, 0x78, 0x07]),
  ]);
}

const hostileReport = () => {
  const all = ALL_BUT_NUL;
  return JSON.stringify({
    schemaVersion: 1,
    outcome: 'ROOT_CAUSE_FOUND',
    summary: all,
    rootCause: { statement: all, confidence: 'HIGH' },
    evidence: HOSTILE_TEXTS.map((text) => ({
      statement: all,
      quote: `> ${text.replaceAll('\0', '')}`,
      source: all.slice(0, 400),
    })),
    ruledOut: [{ cause: all, because: all }],
    recommendedActions: [{ action: all, command: all, risk: 'LOW' }],
    missing: [all],
  });
};

const decode = (bytes: Buffer | string): string => `printf %s '${Buffer.from(bytes).toString('base64')}' | base64 -d`;

beforeAll(async () => {
  folder = await createDataFolder();
  const settings = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', RATE_LIMIT_REQUESTS: '10000' };
  server = await startServer({
    dataDir: folder.path,
    environment: { ...settings, AGENT_IMAGE: await buildShellAgentImage() },
  });
  const instanceId = await createInstance(server.client);
  const script = `${decode(hostileReport())} > "$OUTPUT/report.json"; ${decode(hostileLog())}`;
  runId = (await startScript(server.client, script, { instanceId })).id;
  await awaitRun(server.client, runId);
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** All that a terminal was given; it adds a carriage return to each newline itself. */
async function shown(words: readonly string[], change: Readonly<Record<string, string>> = {}): Promise<string> {
  const cli = startOnTerminal(words, { environment: { DATA_DIR: folder.path, ...change } });
  return (await cli.ended).stdout.toString('utf8').replaceAll('\r\n', '\n');
}

describe('escape sequences on a real terminal', () => {
  it('do reach it with --raw, so that this test would see them', async () => {
    const raw = await shown(['logs', runId, '--raw']);
    for (const text of HOSTILE_TEXTS.slice(0, 5)) expect(raw).toContain(text);
  });

  it.each([
    ['logs', () => ['logs', runId]],
    ['logs -f', () => ['logs', '-f', runId]],
    ['logs --json', () => ['logs', '--json', runId]],
    ['report', () => ['report', runId]],
    ['report --json', () => ['report', '--json', runId]],
  ])('do not of a log or a report, but for colours: %s', async (_name, words) => {
    const text = await shown(words());
    expect(text).toContain('title');
    expect(text.replace(SGR, '')).not.toMatch(OBEYED);
    expect(text.length).toBeGreaterThan(1000);
  });

  it('and no colour either with NO_COLOR', async () => {
    for (const words of [['logs', runId], ['report', runId], ['runs']])
      // prettier-ignore
      expect(await shown(words, { NO_COLOR: '1' })).not.toMatch(OBEYED);
  });

  it('do not of names, in tables and in messages', async () => {
    const made: string[] = [];
    for (const text of HOSTILE_TEXTS) {
      const create = 'mutation ($name: String!) { createInstance(input: { name: $name }) { id } }';
      const { errors } = await server.client.request(create, { name: `hostile ${text}` });
      if (!errors) made.push(text);
    }
    // No name holds a control character. What others may hold is shown to the command line by a server of the test's own.
    expect(made).toEqual(HOSTILE_TEXTS.filter((text) => !/\p{Cc}/u.test(text)));
    expect(made).not.toEqual([]);
    for (const words of [['instances'], ['instances', 'show'], ['instances', 'create'], ['logs'], []]) {
      const isList = words.length === 1 && words[0] === 'instances';
      const text = await shown(isList ? words : [...words, ALL_BUT_NUL]);
      expect(text.length).toBeGreaterThan(50);
      expect(text.replace(SGR, '')).not.toMatch(OBEYED);
    }
  });
});
