// needs: docker
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { filesHolding } from '../testkit/files-holding.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, followOutput, randomKey } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '' };
  const agentImage = await buildShellAgentImage();
  server = await startServer({ dataDir: folder.path, environment: { ...environment, AGENT_IMAGE: agentImage } });
}, 300_000);

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Prints the key whole, in two writes with a pause between, encoded, and as the last thing without a newline. */
const SCRIPT = `
printf 'whole %s.\\n' "$ANTHROPIC_API_KEY"
printf 'parted %s' "\${ANTHROPIC_API_KEY:0:17}"; sleep 0.5; printf '%s.\\n' "\${ANTHROPIC_API_KEY:17}"
printf 'base64 %s.\\n' "$(printf 'user:%s' "$ANTHROPIC_API_KEY" | base64 -w0)"
printf 'hex %s.\\n' "$(printf '%s' "$ANTHROPIC_API_KEY" | od -An -v -tx1 | tr -d ' \\n')"
for part in $(printf '%s' "$ANTHROPIC_API_KEY" | fold -w1); do printf '%s' "$part"; done; printf '.\\n'
printf 'last %s' "$ANTHROPIC_API_KEY"
`;

it("a run's log never holds its key, whatever the agent prints, and keeps its length", async () => {
  const { client } = server;
  const apiKey = randomKey();
  const instanceId = await createInstance(client, { apiKey });
  const { id } = await startScript(client, SCRIPT, { instanceId });
  const { bytes } = await followOutput(client, id);
  const text = bytes.toString('latin1');
  const stars = '*'.repeat(apiKey.length);
  for (const line of [`whole ${stars}.\n`, `parted ${stars}.\n`, `\n${stars}.\n`, `last ${stars}`]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/base64 [\w+/]{1,8}\*{75,}[\w+/=]{0,8}\.\n/);
  expect(text).toContain(`hex ${'*'.repeat(apiKey.length * 2)}.\n`);

  await awaitRun(client, id);
  const { triageRun } = await client.ok<{ triageRun: { log: object; exitCode: number } }>(
    'query ($id: ID!) { triageRun(id: $id) { exitCode log { bytes complete masked } } }',
    { id },
  );
  expect(triageRun.log).toEqual({ bytes: bytes.length, complete: true, masked: true });
  expect(await filesHolding(apiKey, folder.path)).toEqual([]);
}, 120_000);

it('a log without secrets says so, and is exact', async () => {
  const { client } = server;
  const instanceId = await createInstance(client, { apiKey: randomKey() });
  const { id } = await startScript(client, 'printf "no newline at the end, and an ordinary word"', { instanceId });
  const { bytes } = await followOutput(client, id);
  await awaitRun(client, id);
  expect(bytes.toString()).toContain('no newline at the end, and an ordinary word');
  const query = 'query ($id: ID!) { triageRun(id: $id) { log { complete masked } } }';
  expect(await client.ok(query, { id })).toEqual({ triageRun: { log: { complete: true, masked: false } } });
}, 120_000);
