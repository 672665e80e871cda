import { Entity, PrimaryColumn } from 'typeorm';
import type { AgentId, TenantId, ToolId } from '../../kernel/ids.js';

/** An agent has a tool; both are of the one tenant that the row names, by foreign keys. */
@Entity('agent_tools')
export class AgentToolEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: TenantId;

  @PrimaryColumn({ name: 'agent_id', type: 'uuid' })
  agentId!: AgentId;

  @PrimaryColumn({ name: 'tool_id', type: 'uuid' })
  toolId!: ToolId;
}
