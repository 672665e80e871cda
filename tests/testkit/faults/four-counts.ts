/** What is promised to be 0 under every fault. */
export interface FourCounts {
  /** Acknowledged bytes of logs that are missing, or there twice, in a file or at a subscriber. */
  readonly bytes: number;
  /** Runs without exactly one recorded end. */
  readonly ends: number;
  /** Model calls that were counted not at all, or twice. */
  readonly calls: number;
  readonly containers: number;
}

export const ALL_ZERO: FourCounts = { bytes: 0, ends: 0, calls: 0, containers: 0 };

/** What the provider received of one run, and what was counted of it. */
export interface CallAccount {
  readonly received: number;
  readonly counted: number;
  /** Under way when a server was killed: listed apart. */
  readonly unknown: number;
  /** Tried by the agent and never received, or perhaps, when the agent was killed before it could tell. */
  readonly notReceived: number;
}

/**
 * A call is written down before it is sent. So every received one is counted or UNKNOWN, and beyond those only calls that
 * broke on their way may be.
 */
export function miscounted({ received, counted, unknown, notReceived }: CallAccount): number {
  const known = counted + unknown;
  return Math.max(0, received - known) + Math.max(0, known - received - notReceived);
}

/**
 * How many bytes of a log of numbered lines are missing or there twice. A log whose agent was killed, or whose container was,
 * may end anywhere; what comes before its end may not differ.
 */
export function bytesAmiss(log: Buffer, expected: Buffer, isWhole: boolean): number {
  if (isWhole ? log.equals(expected) : log.equals(expected.subarray(0, log.length))) return 0;
  let same = 0;
  while (same < log.length && log[same] === expected[same]) same += 1;
  const beyond = Math.max(log.length, expected.length) - same;
  return Math.max(1, isWhole ? beyond : log.length - same);
}
