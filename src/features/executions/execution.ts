import type { AgentId, ExecutionId } from '../../kernel/ids.js';

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
  createdAt: 'created_at',
} as const satisfies Record<ExecutionField, string>;

export const EXECUTION_FIELDS = Object.keys(EXECUTION_COLUMNS) as ExecutionField[];
