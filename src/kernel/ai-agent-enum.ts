import { registerEnumType } from 'type-graphql';
import { AI_AGENTS, type AiAgent } from './ai-agents.js';

/** The AI agents as an enumeration of the schema; registered once, so every feature takes it from here. */
export const AiAgentEnum = Object.fromEntries(Object.keys(AI_AGENTS).map((name) => [name, name])) as {
  readonly [Name in AiAgent]: Name;
};

registerEnumType(AiAgentEnum, {
  name: 'AiAgent',
  description: 'A command-line AI agent.',
  valuesConfig: {
    CLAUDE_CODE: { description: "Anthropic's Claude Code." },
    CODEX_CLI: { description: "OpenAI's Codex CLI." },
    GEMINI_CLI: { description: "Google's Gemini CLI." },
    OPENCODE: { description: 'OpenCode.' },
    GOOSE: { description: 'Goose.' },
  },
});
