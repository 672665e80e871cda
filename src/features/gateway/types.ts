import type { ProviderFeature } from '../../kernel/provider-features.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import type { BegunModelCall, LimitedModelCall, ModelCall, ModelCallOwner } from '../usage/index.js';

/** On whose behalf a model call is made. */
export interface GatewayCaller extends ModelCallOwner {
  /** Whose calls it may make: its AI agent's provider and no other. */
  readonly provider: ModelProvider;
  /** Where the instance has the provider's API; null or left out is the operator's choice. */
  readonly baseUrl?: string | null;
  /** What the agent may present, and nothing else: the credential, or tokens of its run in the credential's place. */
  readonly agentKeys: readonly string[];
  /** The key that the instance's start pinned: what the provider gets. */
  readonly credential: string;
  /** What its instance allows the provider to do for the agent; none when left out. */
  readonly providerFeatures?: readonly ProviderFeature[];
}

/**
 * Where calls are written down so that a killed server loses and doubles none. Waits for nothing but a write to a file's
 * cache. `began` throws when it cannot write: then the call must not be sent. The others never throw.
 */
export interface ModelCallJournal {
  /** Before the call is sent. */
  began(call: BegunModelCall): void;
  /** For a call that has begun, before the last byte of its answer is passed on. */
  ended(call: ModelCall): void;
  limited(call: LimitedModelCall): void;
  /** Instead of both, for a call that is refused for what it asks. */
  refused(call: ModelCall): void;
}

/** The limit that refuses a call, in the words of `setAiAgentLimits`. */
export type AiAgentLimit =
  'REQUESTS_PER_MINUTE' | 'TOKENS_PER_MINUTE' | 'CONCURRENT_CALLS' | 'RUN_BUDGET' | 'DAY_BUDGET';

export const isBudget = (limit: AiAgentLimit): boolean => limit === 'RUN_BUDGET' || limit === 'DAY_BUDGET';

export type Admission =
  | {
      readonly admitted: true;
      /** Called once, when the call has ended in whatever way; takes its tokens and cost from what is left. Never throws. */
      settle(call: ModelCall | undefined): void;
    }
  | {
      readonly admitted: false;
      readonly limit: AiAgentLimit;
      /** For people: which limit, and what to do. */
      readonly message: string;
      /**
       * When a call may be let through again, at least 1. A day's budget is far away, so clients are told not to retry; a
       * run's never comes again, and has none.
       */
      readonly retryAfterSeconds?: number;
    };

/** Holds calls that generate something to the limits of their AI agent. */
export interface ModelCallGate {
  /** Rejects with SERVICE_UNAVAILABLE when the limits' store does not answer: then nothing passes. */
  admit(call: BegunModelCall): Promise<Admission>;
}
