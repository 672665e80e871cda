// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { buildFakeAgentImage } from '../testkit/docker.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

/** Names and kinds of files that an agent may leave to harm who stores, lists or opens them. */
const PLANT = [
  'ln -s /etc/passwd link',
  'ln -s / root',
  'ln -s ../../../../server.json climbing',
  'ln report.json twin.json',
  'mkfifo pipe',
  `node -e 'require("node:net").createServer().listen("socket", () => process.exit())'`,
  `printf '<script>alert(document.cookie)</script>' > page.html`,
  `printf '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>' > picture.svg`,
  `printf named > '<img src=x onerror=alert(1)>.html'`,
  `printf climbing > '..%2f..%2fserver.json'`,
  `printf dots > '...'`,
  `printf flag > '--checkpoint-action=exec=sh'`,
  `printf quoted > 'a"b; filename=c.exe'`,
  `printf broken > "$(printf 'two\\nlines')"`,
  `printf escaping > "$(printf 'bell\\033[2J')"`,
  `printf backslash > 'back\\slash'`,
  `printf latin > "$(printf 'lat\\351n')"`,
  'mkdir -p deep && cd deep && for n in $(seq 300); do mkdir 0123456789 && cd 0123456789; done; printf deep > end; cd /output',
  'printf unreadable > closed && chmod 000 closed',
].join('\n');

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildFakeAgentImage(),
    RATE_LIMIT_REQUESTS: '10000',
  };
  server = await startServer({ dataDir: folder.path, environment });
  instanceId = await createInstance(server.client);
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const runOf = async (leave: string) => {
  const incident = JSON.stringify({ id: 'hostile', fakeAgent: { leave } });
  const { id } = await startTriage(server.client, { instanceId, prompt: 'Harm.', incident });
  return awaitRun(server.client, id);
};
const get = (url: string) => fetch(`${server.url}${url}`, { headers: { 'x-api-key': server.client.apiKey! } });

describe('what a hostile agent leaves', () => {
  it('is kept as regular files under plain names, and downloaded as attachments that say nothing of themselves', async () => {
    const run = await runOf(PLANT);
    expect(run).toMatchObject({ state: 'SUCCEEDED', failure: null });
    const names = run.artifacts.map(({ name }) => name.replace(/^output\//, ''));
    expect(names).toEqual(
      expect.arrayContaining(['report.json', 'twin.json', 'page.html', '...', '--checkpoint-action=exec=sh']),
    );
    for (const name of ['link', 'root', 'climbing', 'pipe', 'socket', 'closed']) expect(names).not.toContain(name);
    expect(names.filter((name) => /[\p{Cc}\\]/u.test(name))).toEqual([]);

    for (const { url, bytes, name } of run.artifacts) {
      const response = await get(url);
      expect([name, response.status]).toEqual([name, 200]);
      expect((await response.arrayBuffer()).byteLength).toBe(bytes);
      const { headers } = response;
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename/);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain('sandbox');
    }
    // The last one's slashes are packed: what sends it takes plain ones as a way up, to another address.
    for (const name of ['link', 'climbing', 'root/etc/passwd', 'pipe', '..%2F..%2F..%2Fserver.json']) {
      const response = await get(`/runs/${run.id}/artifacts/output/${name}`);
      expect([400, 404]).toContain(response.status);
      expect(response.headers.get('content-disposition')).toBeNull();
    }
    const stored = path.join(folder.path, 'artifacts', run.id);
    for (const entry of await readdir(stored, { recursive: true, withFileTypes: true })) {
      expect(entry.isFile() || entry.isDirectory()).toBe(true);
    }
  });

  it('ends the run when it is too much, such as a file of 10 GB that holds nothing, and the rest is kept', async () => {
    const run = await runOf('truncate -s 10G sparse; printf kept > kept');
    expect(run).toMatchObject({ state: 'FAILED', failure: { code: 'ARTIFACT_LIMIT' } });
    const names = run.artifacts.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['output/kept', 'output/report.json', `output/${run.log.fileName}`]));
    expect(names).not.toContain('output/sparse');
    const sizes = run.artifacts.map(({ name }) => lstat(path.join(folder.path, 'artifacts', run.id, name)));
    expect((await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0)).toBeLessThan(1024 ** 2);
  });
});
