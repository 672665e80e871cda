// needs: docker
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, followOutput, randomKey } from '../testkit/triage.js';

jest.setTimeout(120_000);

const ROTATE = `mutation ($input: RotateAiAgentKeyInput!) { rotateAiAgentKey(input: $input) { credentialVersion } }`;
const REVOKE = `mutation ($input: RevokeAiAgentKeyInput!) { revokeAiAgentKey(input: $input) { credentials { version state destroyedAt } } }`;

/** Calls the model five times a second, and does not end when it is told to. */
const CALLER = `trap '' TERM
for call in $(seq 200); do
  status=$(curl --silent --max-time 5 --output /tmp/answer --write-out '%{http_code}' "$ANTHROPIC_BASE_URL/v1/messages" \\
    --header "x-api-key: $ANTHROPIC_API_KEY" --header 'content-type: application/json' \\
    --data '{"model":"claude-sonnet-4-20250514","max_tokens":8,"messages":[{"role":"user","content":"Hello"}]}')
  echo "call $status $(jq --raw-output '.error.message // .type' /tmp/answer)"
  sleep 0.2
done`;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  const AGENT_IMAGE = await buildShellAgentImage();
  const environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', AGENT_IMAGE };
  server = await startServer({ dataDir: folder.path, environment });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe('a key in use', () => {
  it('serves its run on when it is rotated; revoked, it serves not one call more and ends the run', async () => {
    const { client } = server;
    const instanceId = await createInstance(client);
    const { id } = await startScript(client, CALLER, { instanceId });
    const first = await followOutput(client, id, { stopAfter: 50 });
    await client.ok(ROTATE, { input: { instanceId, apiKey: randomKey() } });
    const second = await followOutput(client, id, { fromOffset: first.nextOffset, stopAfter: 100 });

    const { revokeAiAgentKey } = await client.ok<{ revokeAiAgentKey: unknown }>(REVOKE, {
      input: { instanceId, version: 1 },
    });
    const revokedAt = Date.now();
    expect(revokeAiAgentKey).toEqual({
      credentials: [
        { version: 2, state: 'ACTIVE', destroyedAt: null },
        { version: 1, state: 'REVOKED', destroyedAt: expect.any(String) },
      ],
    });
    const run = await awaitRun(client, id);
    expect(run).toMatchObject({ state: 'FAILED', failure: { code: 'CREDENTIAL_REVOKED' } });
    // Told to end, it does not; it is killed after the grace of 10 s.
    expect(Date.now() - revokedAt).toBeLessThan(20_000);

    const rest = await followOutput(client, id, { fromOffset: second.nextOffset });
    const told = Buffer.concat([first.bytes, second.bytes, rest.bytes]).toString('utf8');
    const calls = told.split('\n').filter((line) => line.startsWith('call '));
    const refused = calls.findIndex((line) => !line.startsWith('call 200'));
    expect(calls.slice(0, refused)).toEqual(Array<string>(refused).fill('call 200 message'));
    expect(new Set(calls.slice(refused))).toEqual(new Set(['call 401 The key of this triage run was revoked.']));
    expect(calls.length - refused).toBeGreaterThan(5);
    // What was refused was never the instance's call.
    expect(run.usage.requestCount).toBe(refused);
  });
});
