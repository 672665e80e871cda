import type { AiAgent } from '../generated/graphql.js';
import type { LineParser } from './agent-event.js';
import { parseClaudeCodeLine } from './claude-code.js';
import { parseCodexCliLine } from './codex-cli.js';
import { parseGeminiCliLine } from './gemini-cli.js';
import { parseGooseLine } from './goose.js';
import { parseOpencodeLine } from './opencode.js';

/** How each AI agent's event stream is read. */
export const lineParsers: Readonly<Record<AiAgent, LineParser>> = {
  CLAUDE_CODE: parseClaudeCodeLine,
  CODEX_CLI: parseCodexCliLine,
  GEMINI_CLI: parseGeminiCliLine,
  OPENCODE: parseOpencodeLine,
  GOOSE: parseGooseLine,
};
