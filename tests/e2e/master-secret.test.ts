// needs: docker
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance, followOutput } from '../testkit/triage.js';

jest.setTimeout(120_000);

const cli = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');

/** Prints a line and calls the model twice a second; waits while nobody answers, as the CLIs do. */
const WORKER = `for call in $(seq 24); do
  status=$(curl --silent --max-time 30 --retry 10 --retry-all-errors --output /dev/null --write-out '%{http_code}' \\
    "$ANTHROPIC_BASE_URL/v1/messages" --header "x-api-key: $ANTHROPIC_API_KEY" --header 'content-type: application/json' \\
    --data '{"model":"claude-sonnet-4-20250514","max_tokens":8,"messages":[{"role":"user","content":"Hello"}]}')
  echo "call $call $status"
  sleep 0.5
done`;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await createDataFolder();
  const AGENT_IMAGE = await buildShellAgentImage();
  environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', AGENT_IMAGE };
  server = await startServer({ dataDir: folder.path, environment });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe('the rotation of the master secret', () => {
  it.each(['ENVIRONMENT', 'BROKERED'])(
    'goes unnoticed by a run under way whose key is delivered %s',
    async (keyDelivery) => {
      const { client } = server;
      const instanceId = await createInstance(client);
      await client.ok(`mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { id } }`, {
        input: { instanceId, keyDelivery },
      });
      const { id } = await startScript(client, WORKER, { instanceId });
      const first = await followOutput(client, id, { stopAfter: 50 });
      await server.stop();

      const secrets = {
        MASTER_SECRET: randomBytes(32).toString('hex'),
        ...('MASTER_SECRET' in environment
          ? { MASTER_SECRET_SECONDARY: environment.MASTER_SECRET }
          : { MASTER_SECRET_SECONDARY_FILE: path.join(folder.path, 'master.secret') }),
      };
      const { stdout } = await promisify(execFile)(process.execPath, [cli, 'master-secret', 'rotate'], {
        env: { ...secrets, DATA_DIR: folder.path, PATH: process.env.PATH },
      });
      expect(stdout).toMatch(/^API keys: [1-9]\d* sealed anew$/m);
      server = await startServer({ dataDir: folder.path, environment: { ...environment, ...secrets } });
      environment.MASTER_SECRET = secrets.MASTER_SECRET;

      const rest = await followOutput(server.client, id, { fromOffset: first.nextOffset });
      const run = await awaitRun(server.client, id);
      expect(run).toMatchObject({ exitCode: 0, log: { complete: true } });
      const lines = Buffer.concat([first.bytes, rest.bytes]).toString('utf8').trim().split('\n');
      expect(lines).toEqual(Array.from({ length: 24 }, (_, n) => `call ${n + 1} 200`));
    },
  );
});
