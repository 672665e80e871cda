import { expect } from '@jest/globals';
import type { TestClient } from './client.js';
import { createAgent } from './platform.js';
import type { SpendingProvider } from './spending-provider.js';
import { createInstance, randomKey } from './triage.js';
import { until } from './until.js';

const RUN = `mutation ($input: RunAgentInput!) { runAgent(input: $input) { id } }`;
const REVOKE = `mutation ($input: RevokeAiAgentKeyInput!) { revokeAiAgentKey(input: $input) { aiAgent } }`;
const USAGE = `query ($id: ID!, $day: Date!) { usage(instanceId: $id, from: $day, to: $day) { requestCount partialCount } }`;

/** Has an agent ask a provider that does not answer, and the key revoked meanwhile. Gives how long the call then took, in ms. */
export async function revokeDuringCall(
  provider: SpendingProvider,
  by: { readonly asking: TestClient; readonly revoking: TestClient },
): Promise<number> {
  const apiKey = randomKey();
  const instanceId = await createInstance(by.asking, { apiKey });
  const { id: agentId } = await createAgent(by.asking, `agent of ${instanceId}`);
  const release = provider.hold();
  try {
    const input = { agentId, task: 'Why?', model: 'claude-3-opus', instanceId };
    const refused = by.asking.refused(RUN, { input });
    await until(() => provider.callsOf(apiKey) === 1);
    const began = performance.now();
    await by.revoking.ok(REVOKE, { input: { instanceId, aiAgent: 'CLAUDE_CODE' } });
    expect(await refused).toMatchObject({
      ...{ code: 'CREDENTIAL_REVOKED', status: 400 },
      details: { instanceId, aiAgent: 'CLAUDE_CODE', version: 1 },
    });
    const tookMs = performance.now() - began;
    const day = new Date().toISOString().slice(0, 10);
    await until(async () => {
      const { usage } = await by.asking.ok<{ usage: object[] }>(USAGE, { id: instanceId, day });
      if (usage.length === 0) return false;
      expect(usage).toEqual([{ requestCount: 1, partialCount: 1 }]);
      return true;
    });
    return tookMs;
  } finally {
    release();
  }
}
