// needs: docker, chromium
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Triaged } from '../../sdk/src/index.js';
import { TestBrowser } from '../testkit/browser.js';
import { awaitLog, savedBy } from '../testkit/run-page.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, getRun, sha256, TRIAGE_OUTPUT } from '../testkit/triage.js';

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

/** The transport of GraphiQL's page, without the page; it takes the server's address from the page's. */
const byGraphiQLTransport: Follow = async (runId, begun) => {
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
    next: ({ data }: { data: { triageOutput: { data: string } } }) => {
      begun();
      pieces.push(Buffer.from(data.triageOutput.data, 'base64'));
    },
    error: reject,
    complete: resolve,
  });
  await promise;
  await dispose();
  return Buffer.concat(pieces);
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

it("gives the same bytes to GraphiQL's transport, SDK, command line and dashboard, which all follow it while it runs", async () => {
  const instanceId = await createInstance(server.client);
  const script = String.raw`printf 'ends in the middle of: \303'; for i in $(seq 1 250); do
    printf '\251 line %d \377\000\033[31mred\033[0m\r\n' "$i"; head -c 2000 /dev/urandom; sleep 0.1; done`;
  const { id } = await startScript(server.client, script, { instanceId });
  await awaitRun(server.client, id, ['RUNNING']);
  const followers = { byGraphiQLTransport, bySdk, byCommandLine, byDashboard };
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
