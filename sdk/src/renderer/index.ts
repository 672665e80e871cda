export type { AgentEvent, LineParser } from './agent-event.js';
export { AgentEventDecoder, MAX_LINE_LENGTH } from './agent-event-decoder.js';
export { parseClaudeCodeLine } from './claude-code.js';
export { renderForTerminal, type TerminalOptions } from './terminal-renderer.js';
export { terminalText, wantsColour } from './terminal-text.js';
