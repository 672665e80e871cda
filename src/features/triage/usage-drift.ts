import type { RunId } from '../../kernel/ids.js';
import { ReportedUsage } from '../ai-agents/index.js';
import type { AiAgentAdapter } from '../ai-agents/index.js';
import { linesWith } from '../run-log/index.js';
import type { RunLogReader } from '../run-log/index.js';
import type { TokenFigures } from '../usage/index.js';

/** What was read and written in all, whatever of it came from the cache or was reasoned. */
export interface TokenTotals {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** In percent: what lies within is no drift. */
const TOLERATED = 1;

/** What the CLI said at its end that it used; undefined when it did not. Never more than its word: an agent can print anything. */
export async function reportedUsage(
  logs: RunLogReader,
  runId: RunId,
  { usageReport }: Pick<AiAgentAdapter, 'usageReport'>,
): Promise<TokenFigures | undefined> {
  const reported = new ReportedUsage(usageReport);
  await linesWith(logs, runId, usageReport.mark, (line) => reported.take(line));
  return reported.total;
}

/**
 * By how many percent of the larger figure the CLI's word lies above what was counted, or below it (negative): of input or
 * output, whichever is further off. Null within 1 %. The five figures are not compared one by one: not every CLI tells
 * cache and reasoning apart.
 */
export function usageDrift(counted: TokenTotals, reported: TokenFigures): number | null {
  const input = reported.inputTokens + reported.cacheReadTokens + reported.cacheWriteTokens;
  const output = reported.outputTokens + reported.reasoningTokens;
  const [ofInput, ofOutput] = [difference(counted.inputTokens, input), difference(counted.outputTokens, output)];
  const furthest = Math.abs(ofOutput) > Math.abs(ofInput) ? ofOutput : ofInput;
  return Math.abs(furthest) > TOLERATED ? Math.round(furthest * 100) / 100 : null;
}

const difference = (counted: number, reported: number): number =>
  counted === reported ? 0 : ((reported - counted) / Math.max(counted, reported)) * 100;
