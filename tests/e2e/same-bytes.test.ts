// needs: docker, chromium
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Triaged } from '../../sdk/src/index.js';
import { TestBrowser } from '../testkit/browser.js';
import { awaitLog, savedBy } from '../testkit/run-page.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, sha256, TRIAGE_OUTPUT } from '../testkit/triage.js';

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

/** By the transport of GraphiQL's page, which takes the server's address from the page's. */
async function byGraphiQL(runId: string): Promise<Buffer> {
  (globalThis as { location?: { href: string } }).location = { href: `${server.url}/playground/` };
  const transport = '../../playground/transport.js';
  const { createTransport } = (await import(transport)) as {
    createTransport: (apiKey: string) => {
      fetcher: (params: object) => { subscribe: (sink: object) => unknown };
      dispose: () => unknown;
    };
  };
  const { fetcher, dispose } = createTransport(server.client.apiKey!);
  const pieces: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  fetcher({ query: TRIAGE_OUTPUT, variables: { runId, fromOffset: 0 } }).subscribe({
    next: ({ data }: { data: { triageOutput: { data: string } } }) =>
      pieces.push(Buffer.from(data.triageOutput.data, 'base64')),
    error: reject,
    complete: resolve,
  });
  await promise;
  await dispose();
  return Buffer.concat(pieces);
}

async function bySdk(runId: string): Promise<Buffer> {
  const client = new Triaged({ url: server.url, apiKey: server.client.apiKey! });
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of client.triageOutput(runId)) pieces.push(bytes);
  client.close();
  return Buffer.concat(pieces);
}

async function byCommandLine(runId: string): Promise<Buffer> {
  const child = spawn(process.execPath, [path.join(root, 'dist/src/cli/main.js'), 'logs', '-f', '--raw', runId], {
    env: { PATH: process.env.PATH ?? '', TRIAGED_URL: server.url, TRIAGED_API_KEY: server.client.apiKey! },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return buffer(child.stdout);
}

async function byDashboard(runId: string): Promise<Buffer> {
  const { page } = await browser.open(`${server.url}/runs/${runId}`, server.client.apiKey!);
  await awaitLog(page, 'ended');
  return (await savedBy(page, 'Save')).bytes;
}

it('gives the same bytes to GraphiQL, SDK, command line and dashboard, all at once while it runs', async () => {
  const instanceId = await createInstance(server.client);
  const script = String.raw`printf 'ends in the middle of: \303'; for i in $(seq 1 120); do
    printf '\251 line %d \377\000\033[31mred\033[0m\r\n' "$i"; head -c 2000 /dev/urandom; sleep 0.1; done`;
  const { id } = await startScript(server.client, script, { instanceId });
  await awaitRun(server.client, id, ['RUNNING']);
  const followers = { byGraphiQL, bySdk, byCommandLine, byDashboard };
  const seen = await Promise.all(
    Object.entries(followers).map(async ([name, follow]) => [name, sha256(await follow(id))] as const),
  );
  const run = await awaitRun(server.client, id);
  const file = await readFile(path.join(folder.path, 'artifacts', id, 'output', run.log.fileName));
  expect(file.length).toBeGreaterThan(240_000);
  const digest = sha256(file);
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(Object.keys(followers).map((name) => [name, digest])));
});
