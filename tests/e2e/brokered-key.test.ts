// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AI_AGENT_NAMES } from '../../src/kernel/ai-agents.js';
import type { TestClient } from '../testkit/client.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, runScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, randomKey, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer | undefined;

beforeAll(async () => {
  folder = await createDataFolder();
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

async function start(image: Record<string, string> = {}): Promise<TestClient> {
  await server?.stop();
  const environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', RATE_LIMIT_REQUESTS: '1000' };
  server = await startServer({ dataDir: folder.path, environment: { ...environment, ...image } });
  return server.client;
}

async function brokeredInstance(client: TestClient, input: Parameters<typeof createInstance>[1]): Promise<string> {
  const instanceId = await createInstance(client, input);
  const mutation = 'mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { keyDelivery } }';
  const answer = await client.ok(mutation, { input: { instanceId, keyDelivery: 'BROKERED' } });
  expect(answer).toEqual({ updateInstance: { keyDelivery: 'BROKERED' } });
  return instanceId;
}

/** What the container's processes know, and what the gateway says to the token, to another run's, and to the real key. */
const SCRIPT = (key: string, foreign: string): string => `
all=$(cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; env; grep -rs . "$CLAUDE_CONFIG_DIR" /home/agent 2>/dev/null)
probe() { printf 'probe %s %s\\n' "$1" "$2"; }
case $all in *${key}*) probe key found ;; *) probe key absent ;; esac
case $ANTHROPIC_API_KEY in triaged-run-*) probe token there ;; *) probe token missing ;; esac
ask() { curl -s -o /dev/null -w '%{http_code}' -H "x-api-key: $1" "$ANTHROPIC_BASE_URL/v1/models"; }
probe own "$(ask "$ANTHROPIC_API_KEY")"
probe real "$(ask '${key}')"
probe foreign "$(ask '${foreign}')"
probe twice "$(curl -s -o /dev/null -w '%{http_code}' -H "x-api-key: $ANTHROPIC_API_KEY" -H 'authorization: Bearer ${key}' "$ANTHROPIC_BASE_URL/v1/models")"
probe spelled "$(printf '%s' "$ANTHROPIC_API_KEY" | fold -w1 | paste -sd.)"
`;

describe('a brokered key in a container', () => {
  it('is nowhere; the token in its place is good for its own run alone', async () => {
    const client = await start({ AGENT_IMAGE: await buildShellAgentImage() });
    const apiKey = randomKey();
    const instanceId = await brokeredInstance(client, { apiKey });
    const first = await runScript(client, SCRIPT(apiKey, 'triaged-run-none'), { instanceId });
    const expected = { key: 'absent', token: 'there', own: '200', real: '401', foreign: '401', twice: '401' };
    expect(first.probes).toMatchObject(expected);
    // Spelled with a dot behind each character, because the log would mask it. Its run is over.
    const token = first.probes
      .spelled!.split('')
      .filter((_, index) => index % 2 === 0)
      .join('');
    expect(token).toMatch(/^triaged-run-[\w-]{40,}$/);
    const second = await runScript(client, SCRIPT(apiKey, token), { instanceId });
    expect(second.probes).toMatchObject({ own: '200', foreign: '401' });
  }, 180_000);
});

describe('the token of a brokered key', () => {
  let client: TestClient;
  beforeAll(async () => {
    client = await start();
  });

  it.each(AI_AGENT_NAMES)(
    'serves the real %s as a key does',
    async (aiAgent) => {
      const instanceId = await brokeredInstance(client, { aiAgent });
      const { id } = await startTriage(client, { instanceId, aiAgent, prompt: 'Why?', incident: SAMPLE_INCIDENT });
      expect(await awaitRun(client, id)).toMatchObject({ state: 'SUCCEEDED' });
    },
    180_000,
  );
});
