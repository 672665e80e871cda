export type Unit = 'ns' | 'µs' | 'ms' | 'MB/s' | 'M lines/s' | '×' | 'req/s' | 'errors' | 'passed';

/** What the median of a row is held to. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** One measured quantity, or the ratio of two that were measured in the same round. */
export interface Row {
  readonly name: string;
  readonly unit: Unit;
  /** One for each round; the median counts. */
  readonly samples: readonly number[];
  readonly goal?: Goal;
  /** What else was measured in the same rounds, by name and unit: `p95 ms`. */
  readonly details?: Readonly<Record<string, readonly number[]>>;
}

export interface Skip {
  readonly name: string;
  readonly reason: string;
}

export interface GroupContext {
  /** The checkout. */
  readonly root: string;
  /** A smoke test only: its figures mean nothing. */
  readonly quick: boolean;
  readonly dockerHost: string | undefined;
  readonly say: (text: string) => void;
}

export interface GroupResult {
  readonly rows: readonly Row[];
  readonly skips: readonly Skip[];
}

/** One area of the table of goals; a group is one entry in `bench/groups.ts`. */
export interface Group {
  readonly name: string;
  /** Another group with which `--only` chooses this one too. */
  readonly belongsTo?: string;
  measure(context: GroupContext): Promise<GroupResult>;
}
