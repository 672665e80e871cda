import type { ModelCallError, TokenFigures } from '../../src/features/usage/index.js';
import type { TestClient } from './client.js';

/** What was metered of the calls of one model of an instance; null for those that no model answered. */
export interface UsageFigures extends TokenFigures {
  readonly model: string | null;
  readonly requestCount: number;
  readonly errorCount: number;
  readonly errors: readonly { readonly error: ModelCallError; readonly count: number }[];
  readonly partialCount: number;
  readonly limitedCount: number;
  readonly unknownCount: number;
}

const USAGE = `query ($instanceId: ID!, $from: Date!, $to: Date!) {
  usage(instanceId: $instanceId, from: $from, to: $to, groupBy: [MODEL]) {
    model requestCount errorCount errors { error count } partialCount limitedCount unknownCount
    inputTokens outputTokens cacheReadTokens cacheWriteTokens reasoningTokens
  }
}`;

/** Days are in UTC, `YYYY-MM-DD`. */
export async function usageByModel(
  client: TestClient,
  instanceId: string,
  from: string,
  to: string,
): Promise<readonly UsageFigures[]> {
  return (await client.ok<{ usage: UsageFigures[] }>(USAGE, { instanceId, from, to })).usage;
}

export interface UnknownCall {
  readonly id: string;
  readonly aiAgent: string;
  readonly runId: string | null;
  readonly startedAt: string;
}

const UNKNOWN = `query ($instanceId: ID!, $after: String) {
  unknownModelCalls(filter: { instanceId: $instanceId }, limit: 20, after: $after) {
    items { id aiAgent runId startedAt } nextCursor
  }
}`;

/** All of them, newest first. */
export async function unknownCalls(client: TestClient, instanceId: string): Promise<readonly UnknownCall[]> {
  const calls: UnknownCall[] = [];
  let after: string | null = null;
  do {
    const { unknownModelCalls: page }: { unknownModelCalls: { items: UnknownCall[]; nextCursor: string | null } } =
      await client.ok(UNKNOWN, { instanceId, after });
    calls.push(...page.items);
    after = page.nextCursor;
  } while (after !== null);
  return calls;
}
