/** What an AI agent said or did, read from its event stream; the same for every CLI. Texts are as the agent wrote them. */
export type AgentEvent =
  | { readonly kind: 'start'; readonly model: string | undefined; readonly version: string | undefined }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'toolCall'; readonly id: string; readonly tool: string; readonly input: unknown }
  | { readonly kind: 'toolResult'; readonly id: string; readonly text: string; readonly isError: boolean }
  | { readonly kind: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  | {
      readonly kind: 'end';
      readonly succeeded: boolean;
      /** The agent's last word: its report, or why it gave up. */
      readonly text: string | undefined;
      readonly turns: number | undefined;
      readonly durationMs: number | undefined;
    }
  /** A line that is no known event, e.g. of stderr, without its newline; `continued` when it was cut for its length. */
  | { readonly kind: 'raw'; readonly line: string; readonly continued: boolean };

/** As a line gives it: some CLIs stream a text in parts, of which the decoder makes whole lines. */
export type ParsedEvent = AgentEvent | { readonly kind: 'textPart'; readonly text: string };

/**
 * Reads one line of a CLI's event stream; undefined when it is not one of its events, and none when it is one that says
 * nothing to a reader. Never throws.
 */
export type LineParser = (line: string) => readonly ParsedEvent[] | undefined;
