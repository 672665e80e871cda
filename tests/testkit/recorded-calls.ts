import { randomUUID } from 'node:crypto';
import type { ModelCall } from '../../src/features/usage/index.js';
import { newInstanceId, newRunId, type TenantId } from '../../src/kernel/ids.js';

const OWNER = { tenantId: 'team-a' as TenantId, instanceId: newInstanceId(), runId: newRunId() };

/** A completed call of one and the same run, unless told. */
export const modelCall = (more: Partial<ModelCall> = {}): ModelCall => ({
  ...{ callId: randomUUID(), ...OWNER, aiAgent: 'CLAUDE_CODE', model: 'm', status: 200 },
  ...{ startedAt: new Date('2026-11-20T12:00:00Z'), outcome: 'COMPLETED', error: undefined },
  ...{ inputTokens: 10, outputTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 40, reasoningTokens: 5 },
  ...more,
});

/** Begun and ended. */
export function record(
  journal: { began(call: ModelCall): void; ended(call: ModelCall): void },
  more: Partial<ModelCall> = {},
): ModelCall {
  const call = modelCall(more);
  journal.began(call);
  journal.ended(call);
  return call;
}
