import type { AiAgent } from '../../kernel/ai-agents.js';
import type { AgentId, ExecutionId, InstanceId } from '../../kernel/ids.js';
import type { TokenFigures } from '../usage/index.js';

/** One run of an agent, as its tenant sees it. */
export interface Execution {
  readonly id: ExecutionId;
  readonly agentId: AgentId;
  readonly agentName: string;
  readonly prompt: string;
  readonly systemPrompt: string;
  readonly model: string;
  readonly response: string;
  readonly warnings: readonly string[];
  /** Null, as are AI agent and usage, when the mock answered. */
  readonly instanceId: InstanceId | null;
  readonly aiAgent: AiAgent | null;
  readonly usage: TokenFigures | null;
  readonly createdAt: Date;
}

export type ExecutionField = keyof Execution;

/** An execution of a list: id, time and the fields that were asked for. */
export type ListedExecution = Pick<Execution, 'id' | 'createdAt'> & Partial<Execution>;

/** The columns behind an execution's fields. */
export const EXECUTION_COLUMNS = {
  id: 'id',
  agentId: 'agent_id',
  agentName: 'agent_name',
  prompt: 'prompt',
  systemPrompt: 'system_prompt',
  model: 'model',
  response: 'response',
  warnings: 'warnings',
  instanceId: 'instance_id',
  aiAgent: 'ai_agent',
  usage: 'usage',
  createdAt: 'created_at',
} as const satisfies Record<ExecutionField, string>;

export const EXECUTION_FIELDS = Object.keys(EXECUTION_COLUMNS) as ExecutionField[];
