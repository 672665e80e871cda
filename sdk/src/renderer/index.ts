export type { AgentEvent, LineParser, ParsedEvent } from './agent-event.js';
export { AgentEventDecoder, MAX_LINE_LENGTH } from './agent-event-decoder.js';
export { jsonText } from './json.js';
export { lineParsers } from './line-parsers.js';
export { renderForTerminal, type TerminalOptions } from './terminal-renderer.js';
export { terminalText, wantsColour } from './terminal-text.js';
