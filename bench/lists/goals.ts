import type { Row } from '../harness/group.js';
import type { LoadFigures } from '../harness/load.js';
import { ratios } from '../harness/statistics.js';
import type { Kind } from './documents.js';
import { BASELINE, MERCURIUS, POSTGRAPHILE, PRODUCT, STOCK } from './variants.js';

/** The least ratio of the product's requests per second to a peer's. */
const GOALS: Readonly<Record<Kind, Readonly<Record<string, number | undefined>>>> = {
  hot: { [BASELINE]: 1.3, [POSTGRAPHILE]: 1.4, [STOCK]: undefined, [MERCURIUS]: undefined },
  // PostGraphile's and the bare server's are their hot ones.
  persisted: { [BASELINE]: 1.3, [POSTGRAPHILE]: 1.4, [STOCK]: undefined, [MERCURIUS]: 1.1 },
  any: { [BASELINE]: 0.95, [POSTGRAPHILE]: 1.1, [STOCK]: 1.5, [MERCURIUS]: undefined },
  trivial: { [BASELINE]: undefined, [POSTGRAPHILE]: undefined, [STOCK]: undefined, [MERCURIUS]: undefined },
};

/** The product against each peer, in the rounds that both were measured in. */
export function goals(label: string, kind: Kind, rounds: ReadonlyMap<string, readonly LoadFigures[]>): Row[] {
  const perSecond = (variant: string) => rounds.get(variant)!.map((figures) => figures.perSecond);
  const cpu = (variant: string) => rounds.get(variant)!.map((figures) => figures.cpuMsPerRequest);
  return Object.entries(GOALS[kind]).map(([peer, atLeast]) => ({
    name: `${label}: ${PRODUCT} : ${peer}`,
    unit: '×',
    samples: ratios(perSecond(PRODUCT), perSecond(peer)),
    ...(atLeast !== undefined && { goal: { atLeast } }),
    details: { 'CPU ×': ratios(cpu(PRODUCT), cpu(peer)) },
  }));
}
