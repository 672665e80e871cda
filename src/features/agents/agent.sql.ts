import type { TenantId } from '../../kernel/ids.js';
import { SqlFilter } from '../../kernel/list-query.js';
import { TOOL_COLUMNS } from '../tools/index.js';
import type { Tool } from '../tools/index.js';

export type ToolField = keyof Tool;

export const ALL_TOOL_FIELDS = Object.keys(TOOL_COLUMNS) as ToolField[];

export interface AgentFilter {
  /** Only the agents that have the tool of this name. */
  readonly toolName?: string | undefined;
}

/** An agent's tools as one JSON array, by name; an empty one, unread, when no field is wanted. */
function toolsColumn(fields: readonly ToolField[]): string {
  if (fields.length === 0) return `'[]'::json AS tools`;
  const pairs = fields.map((field) => `'${field}', tool.${TOOL_COLUMNS[field]}`).join(', ');
  return `(SELECT coalesce(json_agg(json_build_object(${pairs}) ORDER BY tool.name COLLATE "C"), '[]')
    FROM agent_tools AS link JOIN tools AS tool ON tool.tenant_id = link.tenant_id AND tool.id = link.tool_id
    WHERE link.tenant_id = item.tenant_id AND link.agent_id = item.id) AS tools`;
}

/** The columns of an agent whose tools have the given fields. */
export const agentColumns = (toolFields: readonly ToolField[]): string[] => [
  'item.id',
  'item.name',
  'item.role',
  'item.description',
  'item.created_at AS "createdAt"',
  'item.updated_at AS "updatedAt"',
  toolsColumn(toolFields),
];

/** The condition of a list of agents. */
export function agentFilter(tenantId: TenantId, { toolName }: AgentFilter): SqlFilter {
  const filter = new SqlFilter().add((tenant) => `item.tenant_id = ${tenant}`, tenantId);
  if (toolName === undefined) return filter;
  return filter.add(
    (name) => `item.id IN (
      SELECT link.agent_id FROM tools AS tool
      JOIN agent_tools AS link ON link.tenant_id = tool.tenant_id AND link.tool_id = tool.id
      WHERE tool.tenant_id = item.tenant_id AND tool.name = ${name})`,
    toolName,
  );
}

/** JSON has no instants; those of nested tools come as text. */
export const withInstants = <T extends Partial<Tool>>(tool: T): T => ({
  ...tool,
  ...(tool.createdAt !== undefined && { createdAt: new Date(tool.createdAt) }),
  ...(tool.updatedAt !== undefined && { updatedAt: new Date(tool.updatedAt) }),
});
