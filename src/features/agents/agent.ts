import type { AgentId } from '../../kernel/ids.js';
import type { Tool } from '../tools/index.js';

/** An agent as its tenant sees it, its tools by name. */
export interface Agent {
  readonly id: AgentId;
  readonly name: string;
  readonly role: string;
  readonly description: string;
  readonly tools: readonly Tool[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An agent of a list: its tools have only the fields that were asked for, and are left out when none was. */
export type ListedAgent = Omit<Agent, 'tools'> & { readonly tools: readonly Partial<Tool>[] };
