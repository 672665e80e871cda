/** What runs while a fault is injected: the whole load of the promise, or a small one that each CI run can afford. */
export interface FaultLoad {
  readonly containers: number;
  readonly linesPerSecond: number;
  readonly seconds: number;
  readonly subscribers: number;
  /** Of the subscribers: they stop reading until every run has ended. */
  readonly stalled: number;
  /** How long what is to go away stays away. */
  readonly awaySeconds: number;
}

const FULL: FaultLoad = {
  ...{ containers: 20, linesPerSecond: 1000, seconds: 60, subscribers: 100, stalled: 10 },
  awaySeconds: 30,
};
const SHORT: FaultLoad = {
  ...{ containers: 4, linesPerSecond: 250, seconds: 10, subscribers: 20, stalled: 2 },
  awaySeconds: 6,
};

/** Set by scripts/test.mjs; the small one unless it says `full`. */
export const faultLoad: FaultLoad = process.env.TRIAGED_FAULT_LOAD === 'full' ? FULL : SHORT;

export const LINE_BYTES = 100;
