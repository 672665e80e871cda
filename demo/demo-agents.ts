import type { AiAgent } from '../sdk/src/generated/graphql.js';

export interface DemoAgent {
  readonly aiAgent: AiAgent;
  readonly name: string;
  /** The variable that holds the real provider's key. */
  readonly keyVariable: string;
}

export const CLAUDE: DemoAgent = { aiAgent: 'CLAUDE_CODE', name: 'Claude Code', keyVariable: 'ANTHROPIC_API_KEY' };

/** By the names of the command line. */
export const DEMO_AGENTS: Readonly<Record<string, DemoAgent>> = {
  claude: CLAUDE,
  codex: { aiAgent: 'CODEX_CLI', name: 'Codex CLI', keyVariable: 'OPENAI_API_KEY' },
  gemini: { aiAgent: 'GEMINI_CLI', name: 'Gemini CLI', keyVariable: 'GEMINI_API_KEY' },
  opencode: { aiAgent: 'OPENCODE', name: 'OpenCode', keyVariable: 'OPENAI_API_KEY' },
  goose: { aiAgent: 'GOOSE', name: 'Goose', keyVariable: 'OPENAI_API_KEY' },
};
