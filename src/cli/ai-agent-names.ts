import type { AiAgent } from '../../sdk/src/generated/graphql.js';

/** The five AI agents by their names on the command line. */
export const AI_AGENTS_BY_NAME = {
  claude: 'CLAUDE_CODE',
  codex: 'CODEX_CLI',
  gemini: 'GEMINI_CLI',
  opencode: 'OPENCODE',
  goose: 'GOOSE',
} as const satisfies Readonly<Record<string, AiAgent>>;

export type AiAgentName = keyof typeof AI_AGENTS_BY_NAME;

export const AI_AGENT_NAMES = Object.keys(AI_AGENTS_BY_NAME) as AiAgentName[];

export const nameOfAiAgent = (aiAgent: AiAgent): AiAgentName =>
  AI_AGENT_NAMES.find((name) => AI_AGENTS_BY_NAME[name] === aiAgent) ?? 'claude';
