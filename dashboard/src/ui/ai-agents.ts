import type { AiAgent } from '../../../sdk/src/generated/graphql.js';

/** Every AI agent by the name that people know it by. */
export const AI_AGENT_NAMES: Readonly<Record<AiAgent, string>> = {
  CLAUDE_CODE: 'Claude Code',
  CODEX_CLI: 'Codex CLI',
  GEMINI_CLI: 'Gemini CLI',
  OPENCODE: 'OpenCode',
  GOOSE: 'Goose',
};

export const AI_AGENTS = Object.keys(AI_AGENT_NAMES) as readonly AiAgent[];
