import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ConnectionFailure } from './connection-failure.js';
import type { ProviderAnswer } from './connection-prober.js';

/** What a test found. */
export interface ConnectionTest {
  readonly aiAgent: AiAgent;
  /** Whether the provider answered; of OpenCode and Goose, whether the configuration files are valid. */
  readonly ok: boolean;
  readonly failure: ConnectionFailure | null;
  readonly provider: ProviderAnswer;
}
