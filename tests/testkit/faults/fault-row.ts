import { expect, it } from '@jest/globals';
import { appendFile } from 'node:fs/promises';
import { ALL_ZERO, type FourCounts } from './four-counts.js';
import type { Settled } from './settle.js';

/** One row of the fault table, as it is printed. */
export interface FaultRow {
  readonly row: string;
  readonly expected: string;
  readonly injected: string;
}

export interface FaultResult extends FaultRow {
  readonly counts: FourCounts | null;
  readonly seconds: number;
  readonly passed: boolean;
}

/** Of one row at full load, which has to wait for leases and for what was away. */
const ROW_TIMEOUT_MS = 420_000;

/** A test that injects a fault under load, hands back how the load came out, and adds its row to the printed table. */
export function faultRow(row: FaultRow, inject: () => Promise<Settled>): void {
  it(
    `${row.row}: ${row.expected}`,
    async () => {
      const began = Date.now();
      let settled: Settled | undefined;
      let passed = false;
      try {
        settled = await inject();
        expect({ ...settled.counts, faults: settled.faults }).toEqual({ ...ALL_ZERO, faults: [] });
        passed = true;
      } finally {
        await report({ ...row, counts: settled?.counts ?? null, seconds: (Date.now() - began) / 1000, passed });
      }
    },
    ROW_TIMEOUT_MS,
  );
}

async function report(result: FaultResult): Promise<void> {
  const file = process.env.TRIAGED_FAULT_ROWS;
  if (file) await appendFile(file, `${JSON.stringify(result)}\n`);
}
