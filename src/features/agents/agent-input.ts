import { badUserInput } from '../../kernel/errors.js';
import type { ToolId } from '../../kernel/ids.js';
import { lineInput, proseInput } from '../../kernel/text-input.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';

export interface AgentLimits {
  /** MAX_NAME_LENGTH, in code points. */
  readonly maxNameLength: number;
  /** MAX_ROLE_LENGTH, in code points. */
  readonly maxRoleLength: number;
  /** MAX_DESCRIPTION_LENGTH, in code points. */
  readonly maxDescriptionLength: number;
}

/** What a client may write of an agent; left out or null when it says nothing. */
export interface AgentFields {
  readonly name?: string | null | undefined;
  readonly role?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly toolIds?: readonly string[] | null | undefined;
}

/** Keeps one agent's system prompt, one transaction and a page of agents within reason. */
export const MAX_TOOLS_PER_AGENT = 25;

/** Checks what is given, and only that. */
export const agentTexts = ({ name, role, description }: AgentFields, limits: AgentLimits) => ({
  ...(typeof name === 'string' && { name: lineInput('input.name', 'A name', name, limits.maxNameLength) }),
  ...(typeof role === 'string' && { role: lineInput('input.role', 'A role', role, limits.maxRoleLength) }),
  ...(typeof description === 'string' && {
    description: proseInput('input.description', 'A description', description, limits.maxDescriptionLength),
  }),
});

/** Tools by id, none of them twice. */
export function toolIdsInput(ids: readonly string[]): ToolId[] {
  if (ids.length > MAX_TOOLS_PER_AGENT) {
    throw badUserInput('input.toolIds', `An agent has at most ${MAX_TOOLS_PER_AGENT} tools; these are ${ids.length}.`, {
      maximum: MAX_TOOLS_PER_AGENT,
    });
  }
  const seen = new Set<ToolId>();
  for (const [index, text] of ids.entries()) {
    const path = `input.toolIds[${index}]`;
    const id = uuidArgument<ToolId>(path, text);
    if (seen.has(id)) throw badUserInput(path, `The tool ${id} is given twice; an agent has a tool once.`, { id });
    seen.add(id);
  }
  return [...seen];
}
