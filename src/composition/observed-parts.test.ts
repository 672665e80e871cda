import { beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '../adapters/metrics/index.js';
import type { ModelCallGate } from '../features/gateway/index.js';
import type { BegunModelCall } from '../features/usage/index.js';
import type { TenantQuota } from '../graphql/index.js';
import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import { newInstanceId, newRunId, type TenantId } from '../kernel/ids.js';
import { observedBy } from './observed-parts.js';

const actor: Actor = { tenantId: 'acme' as TenantId, role: 'OPERATOR', keyId: 'k' };
const call: BegunModelCall = {
  ...{ callId: 'c', tenantId: actor.tenantId, instanceId: newInstanceId(), runId: newRunId() },
  aiAgent: 'GOOSE',
  startedAt: new Date(),
};

let metrics: Metrics;
beforeEach(() => {
  metrics = new Metrics();
});
/** The series of a name, without comments. */
const seriesOf = async (name: string): Promise<string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(`${name}{`));

describe('what is counted of refusals', () => {
  const gateOf = (gate: ModelCallGate) => observedBy(metrics, undefined).gate(gate);

  it('is each model call that a limit refused, by AI agent and limit, and none that was let through', async () => {
    const admitted = { admitted: true, settle: () => undefined } as const;
    const refused = { admitted: false, message: 'no' } as const;
    const answers = [
      { ...refused, limit: 'REQUESTS_PER_MINUTE' },
      admitted,
      { ...refused, limit: 'DAY_BUDGET' },
      { ...refused, limit: 'REQUESTS_PER_MINUTE' },
    ] as const;
    const given = [...answers];
    const gate = gateOf({ admit: async () => given.shift()! });
    for (const answer of answers) expect(await gate.admit(call)).toBe(answer);
    expect(await seriesOf('triaged_model_calls_limited_total')).toEqual([
      'triaged_model_calls_limited_total{ai_agent="GOOSE",limit="requests_per_minute"} 2',
      'triaged_model_calls_limited_total{ai_agent="GOOSE",limit="day_budget"} 1',
    ]);
  });

  it('is no limit when the store of the limits does not answer', async () => {
    const gate = gateOf({ admit: () => Promise.reject(new Error('away')) });
    await expect(gate.admit(call)).rejects.toThrow('away');
    expect(await seriesOf('triaged_model_calls_limited_total')).toEqual([]);
  });

  it('is each operation that the quota refused, by whether it was used up or its store did not answer', async () => {
    const away = new TriagedError('SERVICE_UNAVAILABLE', 'The rate limiter does not answer.');
    let isAway = false;
    const quota: TenantQuota = observedBy(metrics, undefined).quota({
      take: () => (isAway ? Promise.reject(away) : Promise.resolve({} as Awaited<ReturnType<TenantQuota['take']>>)),
      exhausted: () => undefined,
    });
    await quota.take(actor, 1);
    isAway = true;
    for (let asked = 0; asked < 3; asked += 1) await expect(quota.take(actor, 1)).rejects.toBe(away);
    quota.refused?.();
    expect(await seriesOf('triaged_quota_refusals_total')).toEqual([
      'triaged_quota_refusals_total{reason="unavailable"} 3',
      'triaged_quota_refusals_total{reason="used_up"} 1',
    ]);
  });
});
