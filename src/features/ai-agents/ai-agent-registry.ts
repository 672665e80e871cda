import type { AiAgent } from '../../kernel/ai-agents.js';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { claudeCode } from './claude-code.js';
import { codexCli } from './codex-cli.js';
import { geminiCli } from './gemini-cli.js';
import { goose } from './goose.js';
import { opencode } from './opencode.js';

const ADAPTERS: Readonly<Record<AiAgent, AiAgentAdapter>> = {
  CLAUDE_CODE: claudeCode,
  CODEX_CLI: codexCli,
  GEMINI_CLI: geminiCli,
  OPENCODE: opencode,
  GOOSE: goose,
};

export const adapterOf = (aiAgent: AiAgent): AiAgentAdapter => ADAPTERS[aiAgent];
