/**
 * The five command-line AI agents and their names: in the API, on the command line and in log names, of their
 * configuration folder, of the configuration file that the specification names, and of the variable their key goes by.
 */
export const AI_AGENTS = {
  CLAUDE_CODE: { cli: 'claude', folder: 'claude-code', file: 'settings.json', keyVariable: 'ANTHROPIC_API_KEY' },
  CODEX_CLI: { cli: 'codex', folder: 'codex-cli', file: 'config.yaml', keyVariable: 'OPENAI_API_KEY' },
  GEMINI_CLI: { cli: 'gemini', folder: 'gemini-cli', file: 'config.json', keyVariable: 'GOOGLE_API_KEY' },
  OPENCODE: { cli: 'opencode', folder: 'opencode', file: 'config.toml', keyVariable: 'OPENAI_API_KEY' },
  GOOSE: { cli: 'goose', folder: 'goose', file: 'config.yaml', keyVariable: 'OPENAI_API_KEY' },
} as const;

export type AiAgent = keyof typeof AI_AGENTS;

export const AI_AGENT_NAMES = Object.keys(AI_AGENTS) as readonly AiAgent[];
