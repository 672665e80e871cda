import type { GroupContext, Row } from '../harness/group.js';
import { makeDataFolder, startBenchServer } from '../harness/bench-server.js';

const COLD_GOAL_MS = 5000;
const WARM_GOAL_MS = 2000;

/** Each round: a fresh data folder (cold), and the same folder again (warm). */
export async function measureServerStart({ root, quick, say }: GroupContext): Promise<Row[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    const folder = await makeDataFolder();
    try {
      for (const samples of [cold, warm]) {
        const server = await startBenchServer(root, folder.path, { RUNTIME: 'fake' });
        samples.push(server.readyMs);
        await server.close();
      }
    } finally {
      await folder.remove();
    }
    say(`server, round ${round + 1}: cold ${cold.at(-1)!.toFixed(0)} ms, warm ${warm.at(-1)!.toFixed(0)} ms`);
  }
  return [
    { name: 'npm start to ready, cold', unit: 'ms', samples: cold, goal: { atMost: COLD_GOAL_MS } },
    { name: 'npm start to ready, warm', unit: 'ms', samples: warm, goal: { atMost: WARM_GOAL_MS } },
  ];
}
