import { makeDataFolder } from '../harness/bench-server.js';
import type { Group, GroupContext } from '../harness/group.js';
import { closedLoad, type LoadFigures } from '../harness/load.js';
import { installPeers } from '../harness/peers.js';
import { startBenchRedis } from '../harness/redis.js';
import { callOf, checkedReply, type Length } from './call.js';
import { CONNECTIONS, LENGTHS, rowsOf, type Figures, type Measured } from './rows.js';
import { arrivals } from './stream.js';
import { startVariants, type Variant } from './variants.js';

/** The pause between two events of the provider's stream: a gateway that buffers is late by it, or by more. */
const STREAM_PAUSE_MS = 100;

/** A model call through the gateway beside the same call sent straight to the provider, and through Portkey's. */
export const gateway: Group = {
  name: 'gateway',
  async measure(context) {
    const reason = await installPeers(context.root, context.say);
    if (reason !== undefined) return { rows: [], skips: [{ name: 'the gateway beside Portkey', reason }] };
    const folder = await makeDataFolder();
    const redis = await startBenchRedis();
    const environment: Record<string, string> = redis ? { REDIS_URL: redis.url } : {};
    try {
      const figures: Figures = new Map();
      for (let round = 0; round < (context.quick ? 1 : 7); round += 1) {
        await measureRound(context, round, figures, `${folder.path}/${round}`, environment);
      }
      return { rows: rowsOf(figures), skips: [] };
    } finally {
      await redis?.close();
      await folder.remove();
    }
  },
};

async function measureRound(
  { root, quick, say }: GroupContext,
  round: number,
  figures: Figures,
  dataDir: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const started = await startVariants(root, dataDir, environment, STREAM_PAUSE_MS);
  const { variants } = started;
  try {
    const expected = (await checkedReply(variants[0]!, undefined)).body;
    // Each round another one goes first.
    for (const variant of variants.map((_, index) => variants[(index + round) % variants.length]!)) {
      await checkedReply(variant, expected);
      const measured = await measure(variant, expected, quick);
      figures.set(variant.name, [...(figures.get(variant.name) ?? []), measured]);
      for (const length of LENGTHS) {
        const { alone, busy } = measured[length];
        say(
          `round ${round + 1}, ${length} call, ${variant.name}: p50 ${alone.p50.toFixed(3)} ms, ` +
            `${busy.perSecond.toFixed(0)} req/s, ${(busy.cpuMsPerRequest * 1000).toFixed(0)} µs of CPU a request`,
        );
      }
    }
  } finally {
    await started.close();
  }
}

async function measure(variant: Variant, expected: Buffer, quick: boolean): Promise<Measured> {
  const load = (length: Length, connections: number): Promise<LoadFigures> => {
    const request = callOf(variant, length);
    return closedLoad({
      ...{ at: variant.at, pid: variant.pid, connections },
      ...{ warmUpMs: quick ? 200 : 1000, durationMs: quick ? 300 : 3000 },
      next: () => request,
      isRight: ({ status, body }) => status === 200 && body.equals(expected),
    });
  };
  const both = async (length: Length) => ({ alone: await load(length, 1), busy: await load(length, CONNECTIONS) });
  const events = variant.name === 'Portkey' ? [] : await arrivals(variant);
  return { short: await both('short'), long: await both('long'), events };
}
