import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import type { ModelCall } from '../usage/index.js';

/** On whose behalf a model call is made. */
export interface GatewayCaller {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly runId: RunId;
  readonly aiAgent: AiAgent;
  /** Whose calls the run may make: its AI agent's provider and no other. */
  readonly provider: ModelProvider;
  /** Where the instance has the provider's API; null or left out is the operator's choice. */
  readonly baseUrl?: string | null;
  /** What the agent may present, and nothing else: the credential, or tokens of its run in the credential's place. */
  readonly agentKeys: readonly string[];
  /** The key that the instance's start pinned: what the provider gets. */
  readonly credential: string;
}

/** Takes note of a call without waiting for anything. */
export interface ModelCallRecorder {
  record(call: ModelCall): void;
}
