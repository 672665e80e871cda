import type { AiAgent } from '../../src/kernel/ai-agents.js';
import type { TestClient } from './client.js';

export interface FailureView {
  readonly class: string;
  readonly message: string;
  readonly providerMessage: string | null;
}

export interface ConnectionTestView {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly model: string | null;
  readonly upstream: string;
  readonly failure: FailureView | null;
  readonly provider: { readonly ok: boolean; readonly model: string | null; readonly failure: FailureView | null };
}

export const TEST_CONNECTION = `mutation ($input: TestAiAgentConnectionInput!) { testAiAgentConnection(input: $input) {
  ok latencyMs model upstream failure { class message providerMessage }
  provider { ok model failure { class message providerMessage } } } }`;

export async function testConnection(
  client: TestClient,
  instanceId: string,
  aiAgent: AiAgent = 'CLAUDE_CODE',
): Promise<ConnectionTestView> {
  const { testAiAgentConnection } = await client.ok<{ testAiAgentConnection: ConnectionTestView }>(TEST_CONNECTION, {
    input: { instanceId, aiAgent },
  });
  return testAiAgentConnection;
}
