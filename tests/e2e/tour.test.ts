// needs: docker, jq
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fencedBlocks } from '../testkit/documents.js';
import { startApiServer, type ApiServer } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let cluster: ApiServer;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  cluster = await startApiServer({ incidentFolder: SAMPLE_FOLDER });
  await writeFile(path.join(folder.path, 'triaged.kubeconfig'), cluster.kubeconfig({ namespace: 'shop' }));
  server = await startServer({
    dataDir: folder.path,
    environment: {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      // The cluster is one of this machine.
      CLUSTER_NETWORKS: '127.0.0.0/8',
    },
  });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await cluster?.close();
  await folder?.remove();
});

/** What one block printed, by the heading that it stands below. */
interface Shown {
  readonly heading: string;
  readonly printed: string;
}

/** Runs the blocks of the page that are marked so, in one shell, as a reader would. */
async function takeTheTour(): Promise<{
  readonly exitCode: number | null;
  readonly shown: Shown[];
  readonly err: string;
}> {
  const blocks = fencedBlocks('docs/tour.md').filter(({ mark }) => mark === 'run');
  const end = '\u0000';
  const script = blocks.map((block) => `${block.text}\nprintf '\\0'\n`).join('');
  const { PATH, HOME } = process.env;
  const child = spawn(
    'bash',
    ['-euo', 'pipefail', '-c', script.replaceAll('localhost:4000', new URL(server.url).host)],
    {
      cwd: folder.path,
      env: { PATH, HOME, DATA_DIR: folder.path },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [exitCode, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const shown = out
    .split(end)
    .slice(0, -1)
    .map((printed, index) => ({ heading: blocks[index]!.heading, printed }));
  return { exitCode, shown, err };
}

describe('docs/tour.md', () => {
  it('leads from a key to a report and what it cost, by its own commands', async () => {
    const { exitCode, shown, err } = await takeTheTour();
    expect({ exitCode, err: exitCode === 0 ? '' : err }).toEqual({ exitCode: 0, err: '' });
    const printedBelow = (heading: string): string =>
      shown
        .filter((each) => each.heading === heading)
        .map(({ printed }) => printed)
        .join('');

    expect(printedBelow('2. A tenant and its key')).toMatch(/tri_\w{8}\s+payments\s+ADMIN/);
    expect(printedBelow('3. An instance and an AI agent')).toMatch(/production[^]*RUNNING/);
    const registered = printedBelow('4. A cluster');
    expect(registered).toContain('"canReadSecrets":false');
    expect(registered).toContain('eu-production');
    expect(printedBelow('5. A triage').length).toBeGreaterThan(1_000);
    const reported = printedBelow('6. The report');
    expect(reported.match(/SUCCEEDED/g)?.length).toBeGreaterThanOrEqual(3);
    expect(reported).toContain('"rootCause":{"statement":');
    expect(reported).toContain('<incident>');
    const cost = printedBelow('7. What it cost, and who did what');
    expect(cost).toContain('claude');
    expect(cost).toContain('RUN_STARTED');
    expect(printedBelow('8. Take it away')).toContain('production');
    expect(err).toContain('is revoked');
  }, 300_000);
});
