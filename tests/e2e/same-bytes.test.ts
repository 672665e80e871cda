// needs: docker, chromium
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Triaged } from '../../sdk/src/index.js';
import { TestBrowser } from '../testkit/browser.js';
import { runInGraphiQL, shownAnswer } from '../testkit/graphiql.js';
import { awaitLog, savedBy } from '../testkit/run-page.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, getRun, sha256 } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

const root = path.resolve(import.meta.dirname, '../..');

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildShellAgentImage(),
  };
  server = await startServer({ dataDir: folder.path, environment });
  browser = await TestBrowser.start();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await folder?.remove();
});

/** Reads a run's log to its end; calls `begun` once it has bytes. */
type Follow = (runId: string, begun: () => void) => Promise<Buffer>;

/** GraphiQL's page: what comes on its socket, up to the bytes whose end it shows at last. */
const byGraphiQL: Follow = async (runId, begun) => {
  const { page } = await browser.open(`${server.url}/playground/`, server.client.apiKey!);
  const pieces: Buffer[] = [];
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload: frame }) => {
      const { type, payload } = JSON.parse(String(frame)) as {
        readonly type: string;
        readonly payload?: { readonly data: { readonly triageOutput: { readonly data: string } } };
      };
      if (type === 'complete') resolve();
      if (type === 'error') reject(new Error(String(frame)));
      if (type !== 'next') return;
      begun();
      pieces.push(Buffer.from(payload!.data.triageOutput.data, 'base64'));
    }),
  );
  const output = `triageOutput(runId: "${runId}", fromOffset: 0, encoding: BASE64) { offset nextOffset data }`;
  await runInGraphiQL(page, `subscription { ${output} }`);
  await ended;
  const bytes = Buffer.concat(pieces);
  await until(async () => (await shownAnswer(page)).includes(`"nextOffset": ${bytes.length}`), 20_000);
  return bytes;
};

const bySdk: Follow = async (runId, begun) => {
  const client = new Triaged({ url: server.url, apiKey: server.client.apiKey! });
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of client.triageOutput(runId)) {
    begun();
    pieces.push(bytes);
  }
  client.close();
  return Buffer.concat(pieces);
};

const byCommandLine: Follow = async (runId, begun) => {
  const child = spawn(process.execPath, [path.join(root, 'dist/src/cli/main.js'), 'logs', '-f', '--raw', runId], {
    env: { PATH: process.env.PATH ?? '', TRIAGED_URL: server.url, TRIAGED_API_KEY: server.client.apiKey! },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pieces: Buffer[] = [];
  for await (const piece of child.stdout) {
    begun();
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
};

/** Its page follows the log; what it holds is what it saves at the end. */
const byDashboard: Follow = async (runId, begun) => {
  const { page } = await browser.open(`${server.url}/runs/${runId}`, server.client.apiKey!);
  await awaitLog(page, 1);
  begun();
  await awaitLog(page, 'ended');
  return (await savedBy(page, 'Save')).bytes;
};

it('gives the same bytes to GraphiQL, SDK, command line and dashboard, which all follow it while it runs', async () => {
  const instanceId = await createInstance(server.client);
  const script = String.raw`printf 'ends in the middle of: \303'; for i in $(seq 1 250); do
    printf '\251 line %d \377\000\033[31mred\033[0m\r\n' "$i"; head -c 2000 /dev/urandom; sleep 0.1; done`;
  const { id } = await startScript(server.client, script, { instanceId });
  await awaitRun(server.client, id, ['RUNNING']);
  const followers = { byGraphiQL, bySdk, byCommandLine, byDashboard };
  const begun: Promise<void>[] = [];
  const following = Object.entries(followers).map(async ([name, follow]) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    begun.push(promise);
    return [name, sha256(await follow(id, resolve))] as const;
  });
  await Promise.race([Promise.all(begun), Promise.all(following)]);
  expect((await getRun(server.client, id)).state).toBe('RUNNING');
  const seen = await Promise.all(following);
  const run = await awaitRun(server.client, id);
  const file = await readFile(path.join(folder.path, 'artifacts', id, 'output', run.log.fileName));
  expect(file.length).toBeGreaterThan(500_000);
  const digest = sha256(file);
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(Object.keys(followers).map((name) => [name, digest])));
});
