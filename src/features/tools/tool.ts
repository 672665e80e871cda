import type { ToolId } from '../../kernel/ids.js';

/** A tool as its tenant sees it. */
export interface Tool {
  readonly id: ToolId;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The columns behind a tool's fields. */
export const TOOL_COLUMNS = {
  id: 'id',
  name: 'name',
  description: 'description',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof Tool, string>;
