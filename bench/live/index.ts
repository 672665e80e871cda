import type { Group, GroupContext, Row } from '../harness/group.js';
import { ratios } from '../harness/statistics.js';
import { delayOfProduct, type DelayFigures } from './delay.js';
import { fanOutOfPeer, fanOutOfProduct, type FanOutFigures } from './fan-out.js';
import { startLinePerEvent } from './line-per-event.js';
import { LiveProduct } from './live-run.js';
import { memoryOfProduct } from './stalled.js';

const ROUNDS = 5;
/** Lines that take each side a second or more. */
const LOADS = [
  { count: 1, product: 600_000, peer: 30_000 },
  { count: 100, product: 200_000, peer: 1_500 },
  { count: 1_000, product: 20_000, peer: 150 },
] as const;
const GOAL_AT = 100;
const STALLED = 10;
const DELAY_LINES = 800;
const STALL_LINES = 400_000;

interface Side {
  readonly product: FanOutFigures[];
  readonly peer: FanOutFigures[];
}

/** A run's output from the agent's write to its subscribers. */
export const live: Group = {
  name: 'live',
  async measure(context) {
    const sides: Side[] = LOADS.map(() => ({ product: [], peer: [] }));
    const delays: DelayFigures[] = [];
    const memory = { stalled: [] as number[], none: [] as number[] };
    for (let round = 0; round < (context.quick ? 1 : ROUNDS); round += 1) {
      // One side has the machine to itself; each begins every other time.
      const product = () => measureProduct(context, round, { sides, delays, memory });
      const peer = () => measurePeer(context, sides);
      for (const side of round % 2 === 0 ? [product, peer] : [peer, product]) await side();
      const lines = LOADS.map(({ count }, index) => {
        const { product: ours, peer: theirs } = sides[index]!;
        return `${count}: ${ours.at(-1)!.millionLines.toFixed(2)} against ${theirs.at(-1)!.millionLines.toFixed(3)}`;
      });
      context.say(
        `round ${round + 1}: million lines/s at ${lines.join(', ')}; delay p95 ${delays.at(-1)!.p95.toFixed(1)} ms`,
      );
    }
    return {
      rows: [...LOADS.flatMap(({ count }, index) => fanOutRows(count, sides[index]!)), ...otherRows(delays, memory)],
      skips: [],
    };
  },
};

const lessen = (lines: number, quick: boolean): number => (quick ? Math.ceil(lines / 5) : lines);

async function measureProduct(
  context: GroupContext,
  round: number,
  { sides, delays, memory }: { sides: Side[]; delays: DelayFigures[]; memory: { stalled: number[]; none: number[] } },
): Promise<void> {
  const product = await LiveProduct.start(context);
  try {
    await fanOutOfProduct(product, 10, lessen(50_000, context.quick));
    for (const [index, { count, product: lines }] of LOADS.entries())
      sides[index]!.product.push(await fanOutOfProduct(product, count, lessen(lines, context.quick)));
    delays.push(await delayOfProduct(product, GOAL_AT, lessen(DELAY_LINES, context.quick)));
    const lines = lessen(STALL_LINES, context.quick);
    const none = async () => memory.none.push(await memoryOfProduct(product, { count: GOAL_AT, stalled: 0, lines }));
    const some = async () =>
      memory.stalled.push(await memoryOfProduct(product, { count: GOAL_AT, stalled: STALLED, lines }));
    for (const side of round % 2 === 0 ? [none, some] : [some, none]) await side();
  } finally {
    await product.close();
  }
}

async function measurePeer({ root, quick }: GroupContext, sides: Side[]): Promise<void> {
  const peer = await startLinePerEvent(root);
  try {
    await fanOutOfPeer(peer, 10, 2_000);
    for (const [index, { count, peer: lines }] of LOADS.entries())
      sides[index]!.peer.push(await fanOutOfPeer(peer, count, lessen(lines, quick)));
  } finally {
    await peer.close();
  }
}

const called = (count: number): string => (count === 1 ? '1 subscriber' : `${count} subscribers`);

function fanOutRows(count: number, { product, peer }: Side): Row[] {
  const of = (side: readonly FanOutFigures[], name: keyof FanOutFigures): number[] => side.map((each) => each[name]);
  const rates = (side: readonly FanOutFigures[], name: string): Row => ({
    name: `${called(count)}, ${name}`,
    unit: 'M lines/s',
    samples: of(side, 'millionLines'),
    details: { 'cores of the subscribers': of(side, 'generatorShare'), messages: of(side, 'messages') },
  });
  const isGoal = count === GOAL_AT;
  return [
    rates(product, 'product'),
    rates(peer, 'a line per event'),
    {
      name: `${called(count)}, product : a line per event`,
      unit: '×',
      samples: ratios(of(product, 'millionLines'), of(peer, 'millionLines')),
      ...(isGoal && { goal: { atLeast: 50 } }),
    },
    {
      name: `${called(count)}, server CPU for each line and subscriber`,
      unit: 'ns',
      samples: of(product, 'cpuNs'),
      ...(isGoal && { goal: { atMost: 200 } }),
      details: { 'a line per event ns': of(peer, 'cpuNs') },
    },
  ];
}

function otherRows(delays: readonly DelayFigures[], memory: { stalled: number[]; none: number[] }): Row[] {
  return [
    {
      name: `delay at 100 lines/s, agent's write to ${GOAL_AT} subscribers, p95`,
      unit: 'ms',
      samples: delays.map(({ p95 }) => p95),
      goal: { atMost: 50 },
      details: { 'p50 ms': delays.map(({ p50 }) => p50), 'p99 ms': delays.map(({ p99 }) => p99) },
    },
    {
      name: `memory of the server, ${STALLED} of ${GOAL_AT} stalled : none`,
      unit: '×',
      samples: ratios(memory.stalled, memory.none),
      goal: { atMost: 1.25 },
      details: { 'stalled MiB': memory.stalled, 'none MiB': memory.none },
    },
  ];
}
