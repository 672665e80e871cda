import type { PinnedAiAgent } from './live/pinned-ai-agents.js';
import type { ExecutionId, TenantId } from '../../kernel/ids.js';
import type { TokenFigures } from '../usage/index.js';

/** An execution that a provider answers. */
export interface TracedExecution {
  readonly id: ExecutionId;
  readonly tenantId: TenantId;
  readonly pinned: PinnedAiAgent;
  readonly model: string;
}

/** Does what it is given, as a span; rejects as that does. */
export interface ExecutionTrace {
  /** From the call of the model until the answer is kept: the first span of a trace. */
  mutation<T>(execution: TracedExecution, work: () => Promise<T>): Promise<T>;
  /** Below it. */
  modelCall<T extends { readonly usage: TokenFigures }>(execution: TracedExecution, work: () => Promise<T>): Promise<T>;
}

export const UNTRACED: ExecutionTrace = {
  mutation: (_, work) => work(),
  modelCall: (_, work) => work(),
};
