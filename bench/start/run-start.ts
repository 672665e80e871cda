import type Docker from 'dockerode';
import { Triaged } from '../../sdk/src/index.js';
import { CLAUDE } from '../../demo/demo-agents.js';
import { prepareInstance } from '../../demo/prepare-instance.js';
import { buildAgent, findAgentEngine } from '../harness/agent-image.js';
import { makeDataFolder, startBenchServer } from '../harness/bench-server.js';
import type { GroupContext, GroupResult } from '../harness/group.js';
import { ratios } from '../harness/statistics.js';
import { productStart } from './product-start.js';
import { rawStart } from './raw-start.js';
import { TRIVIAL_AGENT, TRIVIAL_IMAGE } from './trivial-agent.js';

const GOAL = 1.2;
const NAME = 'startTriage to first byte : raw create + start + first byte';

/** The same trivial agent, by the product and by hand, in turns; needs Docker and the agent's image. */
export async function measureRunStart(context: GroupContext): Promise<GroupResult> {
  const engine = await findAgentEngine(context.dockerHost);
  if (!engine.docker) return { rows: [], skips: [{ name: NAME, reason: engine.reason }] };
  const { docker } = engine;
  await buildAgent(engine, TRIVIAL_IMAGE, { script: TRIVIAL_AGENT });
  try {
    return { rows: await compare(docker, context), skips: [] };
  } finally {
    await docker.getImage(TRIVIAL_IMAGE).remove({ force: true });
  }
}

async function compare(docker: Docker, { root, quick, dockerHost, say }: GroupContext): Promise<GroupResult['rows']> {
  const folder = await makeDataFolder();
  const engine = dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost };
  const limits = { RATE_LIMIT_REQUESTS: '100000' };
  const server = await startBenchServer(root, folder.path, {
    RUNTIME: 'docker',
    AGENT_IMAGE: TRIVIAL_IMAGE,
    ...limits,
    ...engine,
  });
  const api = new Triaged(server);
  try {
    const instanceId = await prepareInstance(api, CLAUDE, undefined, { step: say });
    const raw: number[] = [];
    const sent: number[] = [];
    const accepted: number[] = [];
    const byHand = async () => raw.push(await rawStart(docker));
    const byProduct = async () => {
      const { fromSentMs, fromAcceptedMs } = await productStart(api, docker, instanceId);
      sent.push(fromSentMs);
      accepted.push(fromAcceptedMs);
    };
    await rawStart(docker);
    await productStart(api, docker, instanceId);
    for (let round = 0; round < (quick ? 2 : 10); round += 1) {
      for (const side of round % 2 === 0 ? [byHand, byProduct] : [byProduct, byHand]) await side();
      say(`run, round ${round + 1}: raw ${raw.at(-1)!.toFixed(0)} ms, product ${accepted.at(-1)!.toFixed(0)} ms`);
    }
    return [
      { name: 'raw create + start + first byte', unit: 'ms', samples: raw },
      { name: 'startTriage accepted to first byte', unit: 'ms', samples: accepted },
      { name: 'startTriage sent to first byte', unit: 'ms', samples: sent },
      { name: 'accepted to first byte : raw', unit: '×', samples: ratios(accepted, raw), goal: { atMost: GOAL } },
      { name: 'sent to first byte : raw', unit: '×', samples: ratios(sent, raw) },
    ];
  } finally {
    api.close();
    await server.close();
    await folder.remove();
  }
}
