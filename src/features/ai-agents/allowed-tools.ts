import type { AiAgent } from '../../kernel/ai-agents.js';
import { badUserInput } from '../../kernel/errors.js';
import { adapterOf } from './ai-agent-registry.js';

export const MAX_ALLOWED_TOOLS = 64;

/** Tools as a CLI names them, without duplicates; refused for a CLI that cannot be kept to a list. */
export function checkedTools(path: string, aiAgent: AiAgent, tools: readonly string[]): string[] {
  if (!adapterOf(aiAgent).restrictsTools) {
    throw badUserInput(path, `${aiAgent} cannot be kept to a list of tools; leave allowedTools out.`);
  }
  if (tools.length === 0 || tools.length > MAX_ALLOWED_TOOLS) {
    throw badUserInput(path, `Name 1 to ${MAX_ALLOWED_TOOLS} tools, or leave allowedTools out.`);
  }
  const wrong = tools.findIndex((tool) => !/^[A-Za-z]\w{0,127}(?:\([^(),\p{Cc}]{1,200}\))?$/u.test(tool));
  if (wrong >= 0) {
    throw badUserInput(`${path}.${wrong}`, 'A tool is named like Read, Bash or Bash(kubectl get:*), without commas.');
  }
  return [...new Set(tools)];
}
