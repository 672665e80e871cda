/**
 * The end of a query of runs' ids, for a statement that changes several runs: all such statements lock them in one order, so
 * that no two wait for each other.
 */
export const LOCKED_IN_ORDER = 'ORDER BY id FOR NO KEY UPDATE';
