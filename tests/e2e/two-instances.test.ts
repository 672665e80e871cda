// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONTAINER_CHANNEL_DIRECTORY, SOCKET_NAME } from '../../agent-image/triaged-init/protocol.js';
import { configureAiAgent } from '../testkit/ai-agents.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, runScript, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, followOutput, randomKey, startInstance } from '../testkit/triage.js';

interface Instance {
  readonly id: string;
  readonly key: string;
  readonly model: string;
}

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let ours: Instance;
let theirs: Instance;

async function newInstance(model: string): Promise<Instance> {
  const key = randomKey();
  const id = await createInstance(server.client, { apiKey: key, start: false });
  await configureAiAgent(server.client, { instanceId: id, model });
  await startInstance(server.client, id);
  return { id, key, model };
}

beforeAll(async () => {
  folder = await createDataFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      AGENT_IMAGE: await buildShellAgentImage(),
      RATE_LIMIT_REQUESTS: '10000',
    },
  });
  ours = await newInstance('claude-of-the-first');
  theirs = await newInstance('claude-of-the-second');
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Matches the text, and not itself where the script stands: in the incident, in argv, in a shell's memory. */
const pattern = (text: string): string => `${text.slice(0, -1)}[${text.at(-1)}]`;
/** The text in a script that does not hold it. */
const split = (text: string): string => `"${text.slice(0, 9)}""${text.slice(9)}"`;

/** Asks the run's own channel for what it gives once, and to what only triaged-init's token opens it; and dials the server itself. */
const askServer = (): string => `
  channel() { curl -s -o /dev/null -w '%{http_code}' --unix-socket ${CONTAINER_CHANNEL_DIRECTORY}/${SOCKET_NAME} "$@"; }
  echo "probe bootstrap $(channel http://channel/v1/bootstrap)"
  echo "probe output $(channel -X PUT -H 'authorization: Bearer guessed' --data x 'http://channel/v1/output?offset=0')"
  timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/${new URL(server.url).port}' 2>/dev/null && echo 'probe server open' || echo 'probe server closed'
`;
const REFUSED = { bootstrap: '410', output: '401', server: 'closed' };

/** All that the API says of an instance and its runs, the files that they left included. */
async function everythingOf({ id }: Instance): Promise<string> {
  const { client } = server;
  const known = await client.ok<{ triageRuns: { items: { id: string; artifacts: { url: string }[] }[] } }>(
    `query ($id: ID!) {
      instance(id: $id) { id name state egress keyDelivery environment { name source }
        aiAgents { aiAgent model baseUrl settings keyFingerprint keyLastFour configuredBy files { name content }
          revisions(limit: 2) { revision model settings } credentials { version state fingerprint keyLastFour } } }
      triageRuns(filter: { instanceId: $id }, limit: 10) { items { id promptSent failure { message } artifacts { url } } }
      auditEvents(filter: { instanceId: $id }, limit: 50) { items { action details { name value } } } }`,
    { id },
  );
  const pieces = [JSON.stringify(known)];
  for (const run of known.triageRuns.items) {
    pieces.push((await followOutput(client, run.id)).bytes.toString('latin1'));
    for (const { url } of run.artifacts) {
      const answer = await fetch(server.url + url, { headers: { 'x-api-key': client.apiKey } });
      expect(answer.status).toBe(200);
      pieces.push(Buffer.from(await answer.arrayBuffer()).toString('latin1'));
    }
  }
  return pieces.join('\n');
}

/** Looks for an instance wherever an agent can look, and asks the gateway with its key. */
const lookFor = ({ id, key, model }: Instance, runId: string): string => `
  count() { grep -rasEl "$@" 2>/dev/null | wc -l; }
  echo "probe environ $(count '${pattern(key)}' /proc/*/environ)"
  echo "probe argv $(count '${pattern(key)}' /proc/*/cmdline)"
  echo "probe files $(count '${pattern(key)}|${pattern(model)}' "$HOME" /workspace /output /tmp /run /var /etc /opt/triaged "\${CLAUDE_CONFIG_DIR%/*/*/*}")"
  echo "probe folder $(find / -path /proc -prune -o -name '${pattern(id)}' -print 2>/dev/null | wc -l)"
  echo "probe mounts $(grep -cE '${pattern(id)}|${pattern(runId)}' /proc/self/mountinfo)"
  echo "probe sockets $(find / -path /proc -prune -o -type s -print 2>/dev/null | wc -l)"
  echo "probe gateway $(curl -s -o /dev/null -w '%{http_code}' -H x-api-key:${split(key)} -H 'anthropic-version: 2023-06-01' \\
    -H 'content-type: application/json' "$ANTHROPIC_BASE_URL/v1/messages" \\
    -d '{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}')"
`;

describe('two instances that run at once, each in its container', () => {
  it.each(['first', 'second'])(
    "do not read each other's key or files: the %s looks for the other's",
    async (who) => {
      const [self, other] = who === 'first' ? [ours, theirs] : [theirs, ours];
      const { id: otherRun } = await startScript(server.client, 'echo started; sleep 100', { instanceId: other.id });
      await followOutput(server.client, otherRun, { stopAfter: 5 });

      const search = lookFor(self, 'no-run-of-this-id') + askServer();
      const own = await runScript(server.client, search, { instanceId: self.id });
      // So the search finds what is there, and the gateway serves whom it should.
      expect(own.probes).toMatchObject({ gateway: '200', mounts: expect.stringMatching(/^[1-9]/), ...REFUSED });
      for (const place of ['environ', 'files', 'folder']) expect(Number(own.probes[place])).toBeGreaterThan(0);

      const { probes } = await runScript(server.client, lookFor(other, otherRun), { instanceId: self.id });
      expect(probes).toEqual({
        ...{ environ: '0', argv: '0', files: '0', folder: '0', mounts: '0', gateway: '401' },
        sockets: own.probes.sockets,
      });
      await server.client.ok(`mutation ($id: ID!) { cancelTriage(id: $id) { id } }`, { id: otherRun });
      await awaitRun(server.client, otherRun, ['CANCELLED']);
    },
    120_000,
  );

  it('are told apart by the API: what it says of one holds nothing of the key or the model of the other', async () => {
    const both = [ours, theirs];
    for (const { id } of both) {
      await runScript(server.client, 'echo "$ANTHROPIC_API_KEY"; echo "$ANTHROPIC_API_KEY" >/output/key.txt', {
        instanceId: id,
      });
    }
    const [first, second] = (await Promise.all(both.map(everythingOf))) as [string, string];
    for (const [said, self, other] of [
      [first, ours, theirs],
      [second, theirs, ours],
    ] as const) {
      // Its agent wrote it where artifacts come from, so that it is found where it is.
      expect(said.includes(self.key)).toBe(true);
      expect(said.includes(self.model)).toBe(true);
      expect(said.includes(other.key)).toBe(false);
      expect(said.includes(other.model)).toBe(false);
    }
  }, 120_000);
});
