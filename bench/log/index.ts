import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { Triaged } from '../../sdk/src/index.js';
import { CLAUDE } from '../../demo/demo-agents.js';
import { prepareInstance } from '../../demo/prepare-instance.js';
import { buildAgent, findAgentEngine } from '../harness/agent-image.js';
import { makeDataFolder, startBenchServer } from '../harness/bench-server.js';
import type { Group, GroupContext, Row } from '../harness/group.js';
import { ratios } from '../harness/statistics.js';
import { engineLog } from './engine-log.js';
import { BYTES_FILE, LOUD_AGENT, LOUD_IMAGE, makeBytes } from './loud-agent.js';
import { productLog } from './product-log.js';

const PRINTED = 200 * 1024 ** 2;
const NAME = 'container to disk';
const SIDES = ['run channel', 'docker run | cat', 'docker logs -f | cat'] as const;

type Side = (typeof SIDES)[number];

/** How fast a container's output comes to disk: over the run channel, and by the engine's own means. */
export const log: Group = {
  name: 'log',
  belongsTo: 'live',
  async measure(context) {
    const engine = await findAgentEngine(context.dockerHost);
    if (!engine.docker) return { rows: [], skips: [{ name: NAME, reason: engine.reason }] };
    const printed = context.quick ? PRINTED / 10 : PRINTED;
    context.say(`building an agent that prints ${printed / 1024 ** 2} MiB`);
    await buildAgent(engine, LOUD_IMAGE, { script: LOUD_AGENT, lines: [makeBytes(printed)] });
    try {
      return { rows: await compare(engine.docker, context, printed), skips: [] };
    } finally {
      await engine.docker.getImage(LOUD_IMAGE).remove({ force: true });
    }
  },
};

async function compare(
  docker: Docker,
  { root, quick, dockerHost, say }: GroupContext,
  printed: number,
): Promise<Row[]> {
  const folder = await makeDataFolder();
  const server = await startBenchServer(root, folder.path, {
    RUNTIME: 'docker',
    AGENT_IMAGE: LOUD_IMAGE,
    RATE_LIMIT_REQUESTS: '100000',
    ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
  });
  const api = new Triaged(server);
  const speeds: Record<Side, number[]> = { 'run channel': [], 'docker run | cat': [], 'docker logs -f | cat': [] };
  try {
    const instanceId = await prepareInstance(api, CLAUDE, undefined, { step: say });
    const once = async (side: Side): Promise<{ ms: number; digest: string }> => {
      const ownFile = path.join(folder.path, 'engine.log');
      const { ms, file } =
        side === 'run channel'
          ? await productLog(api, docker, instanceId, folder.path, printed)
          : { ms: await engineLog(side, ownFile, dockerHost), file: ownFile };
      const digest = await sha256(file);
      await rm(file, { force: true });
      return { ms, digest };
    };
    const expected = (await once('docker run | cat')).digest;
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      for (let turn = 0; turn < SIDES.length; turn += 1) {
        const side = SIDES[(round + turn) % SIDES.length]!;
        const { ms, digest } = await once(side);
        if (digest !== expected) throw new Error(`${side} did not bring what ${BYTES_FILE} holds.`);
        speeds[side].push(printed / 1e3 / ms);
      }
      say(`round ${round + 1}: ${SIDES.map((side) => `${side} ${speeds[side].at(-1)!.toFixed(0)} MB/s`).join(', ')}`);
    }
  } finally {
    api.close();
    await server.close();
    await folder.remove();
  }
  const ours = speeds['run channel'];
  return [
    ...SIDES.map((side): Row => ({ name: `${NAME}: ${side}`, unit: 'MB/s', samples: speeds[side] })),
    row('run channel : docker run | cat', ratios(ours, speeds['docker run | cat']), 0.5),
    row('run channel : docker logs -f | cat', ratios(ours, speeds['docker logs -f | cat']), 5),
  ];
}

const row = (name: string, samples: number[], atLeast: number): Row => ({
  name,
  unit: '×',
  samples,
  goal: { atLeast },
});

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
