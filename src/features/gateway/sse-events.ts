import { StringDecoder } from 'node:string_decoder';

export interface SseEvent {
  /** Empty when the event bore no name. */
  readonly name: string;
  readonly data: string;
}

/** An event past this length is skipped; providers' events are a few kB. */
const MAX_EVENT_CHARS = 8 * 1024 * 1024;

/**
 * Reads server-sent events out of bytes that may be cut anywhere, also inside a character or a CRLF. Follows the
 * event-stream format of the HTML standard (lines end with LF, CR or CRLF; an event ends with an empty line; one that
 * the end of the stream leaves open is dropped).
 */
export class SseEventReader {
  readonly #decoder = new StringDecoder('utf8');
  #line = '';
  #afterCarriageReturn = false;
  #name = '';
  #data: string[] = [];
  #length = 0;

  constructor(private readonly onEvent: (event: SseEvent) => void) {}

  write(bytes: Buffer): void {
    const text = this.#decoder.write(bytes);
    let start = 0;
    for (let end = start; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code !== 10 && code !== 13) continue;
      const completesCrLf = code === 10 && end === start && this.#afterCarriageReturn && this.#line === '';
      if (!completesCrLf) this.#endLine(text.slice(start, end));
      this.#afterCarriageReturn = code === 13;
      start = end + 1;
    }
    if (start < text.length) {
      this.#afterCarriageReturn = false;
      this.#keep(text.slice(start));
    }
  }

  /** Of the event that has begun, with two bytes for each character. */
  get held(): number {
    return 2 * Math.min(this.#length, MAX_EVENT_CHARS);
  }

  drop(): void {
    this.#line = '';
    this.#name = '';
    this.#data = [];
    this.#length = 0;
  }

  #keep(piece: string): void {
    this.#length += piece.length;
    if (this.#length <= MAX_EVENT_CHARS) this.#line += piece;
  }

  #endLine(rest: string): void {
    this.#keep(rest);
    const line = this.#line;
    this.#line = '';
    if (line === '' && rest === '') {
      this.#endEvent();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') this.#name = value;
    else if (field === 'data') this.#data.push(value);
  }

  #endEvent(): void {
    const event = { name: this.#name, data: this.#data.join('\n') };
    const skipped = this.#length > MAX_EVENT_CHARS || this.#data.length === 0;
    this.drop();
    if (!skipped) this.onEvent(event);
  }
}
