import type { AgentEvent, LineParser, ParsedEvent } from './agent-event.js';

/** UTF-16 units; a longer line is given out in raw pieces of this length, so that memory stays bounded. */
export const MAX_LINE_LENGTH = 1024 * 1024;

/**
 * Turns the bytes of a run's log into events. Chunks may be cut anywhere, also within a UTF-8 character: the events
 * depend on the bytes alone. Invalid bytes become U+FFFD. Works in browsers as in Node.
 */
export class AgentEventDecoder {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #pending = '';
  /** Up to where `#pending` is known to hold no newline. */
  #searched = 0;
  #inLongLine = false;
  /** The end of a text that comes in parts: what stands after its last newline. */
  #unfinishedText = '';

  constructor(private readonly parseLine: LineParser) {}

  push(bytes: Uint8Array): AgentEvent[] {
    return this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The last line may lack its newline. The decoder is not used afterwards. */
  end(): AgentEvent[] {
    const events = this.#take(this.#decoder.decode());
    if (this.#pending !== '') events.push(...this.#lineEvents(this.#pending));
    this.#pending = '';
    return [...events, ...this.#endOfText()];
  }

  #take(text: string): AgentEvent[] {
    const events: AgentEvent[] = [];
    let rest = this.#pending + text;
    for (;;) {
      const newline = rest.indexOf('\n', this.#searched);
      if (newline !== -1 && newline < MAX_LINE_LENGTH) {
        events.push(...this.#lineEvents(rest.slice(0, newline)));
        rest = rest.slice(newline + 1);
        this.#inLongLine = false;
      } else if (rest.length >= MAX_LINE_LENGTH) {
        const cut = isHighSurrogate(rest.charCodeAt(MAX_LINE_LENGTH - 1)) ? MAX_LINE_LENGTH - 1 : MAX_LINE_LENGTH;
        events.push(...this.#endOfText(), { kind: 'raw', line: rest.slice(0, cut), continued: true });
        rest = rest.slice(cut);
        this.#inLongLine = true;
      } else {
        break;
      }
      this.#searched = 0;
    }
    this.#pending = rest;
    this.#searched = rest.length;
    return events;
  }

  #lineEvents(line: string): readonly AgentEvent[] {
    const parsed = this.#inLongLine ? undefined : this.parseLine(line);
    const events = parsed ?? [{ kind: 'raw', line, continued: false }];
    return events.flatMap((event) =>
      event.kind === 'textPart' ? this.#wholeLines(event) : [...this.#endOfText(), event],
    );
  }

  #wholeLines({ text }: Extract<ParsedEvent, { kind: 'textPart' }>): readonly AgentEvent[] {
    const soFar = this.#unfinishedText + text;
    const end = soFar.length > MAX_LINE_LENGTH ? soFar.length : soFar.lastIndexOf('\n') + 1;
    this.#unfinishedText = soFar.slice(end);
    return end === 0 ? [] : [{ kind: 'text', text: soFar.slice(0, end) }];
  }

  #endOfText(): readonly AgentEvent[] {
    const text = this.#unfinishedText;
    this.#unfinishedText = '';
    return text === '' ? [] : [{ kind: 'text', text }];
  }
}

export const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
