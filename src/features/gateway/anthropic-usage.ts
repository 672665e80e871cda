import { NO_TOKENS, type TokenFigures } from '../usage/index.js';
import { SseEventReader, type SseEvent } from './sse-events.js';

/** Reads what a call cost off its answer as the bytes pass; fed with decoded bytes, cut anywhere. */
export interface UsageReader {
  write(bytes: Buffer): void;
  /** Told that the answer has no more bytes. */
  end(): void;
  /** True once the answer itself has said that it is whole. */
  readonly complete: boolean;
  /** True once the answer has reported an error in spite of its status. */
  readonly failed: boolean;
  readonly model: string | undefined;
  readonly tokens: TokenFigures;
}

type Json = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

function parseObject(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Figures reported later are cumulative and replace earlier ones; what is not reported stays. */
function mergeUsage(known: TokenFigures, usage: Json | undefined): TokenFigures {
  const take = (name: string, before: number): number => (isCount(usage?.[name]) ? usage[name] : before);
  return {
    inputTokens: take('input_tokens', known.inputTokens),
    outputTokens: take('output_tokens', known.outputTokens),
    cacheReadTokens: take('cache_read_input_tokens', known.cacheReadTokens),
    cacheWriteTokens: take('cache_creation_input_tokens', known.cacheWriteTokens),
  };
}

abstract class AnthropicAnswerReader implements UsageReader {
  complete = false;
  failed = false;
  model: string | undefined;
  tokens: TokenFigures = NO_TOKENS;

  abstract write(bytes: Buffer): void;
  abstract end(): void;

  protected takeMessage(message: Json | undefined): void {
    if (typeof message?.model === 'string') this.model = message.model;
    this.tokens = mergeUsage(this.tokens, asObject(message?.usage));
  }
}

/** A streamed message: usage stands in `message_start` and, cumulative, in `message_delta`. */
class AnthropicStreamReader extends AnthropicAnswerReader {
  readonly #events = new SseEventReader((event) => this.#take(event));

  write(bytes: Buffer): void {
    this.#events.write(bytes);
  }

  end(): void {
    // A stream is whole only when it said so.
  }

  #take({ name, data }: SseEvent): void {
    if (name.startsWith('content_block_') || name === 'ping') return;
    const event = parseObject(data);
    if (event?.type === 'message_start') this.takeMessage(asObject(event.message));
    else if (event?.type === 'message_delta') this.takeMessage(event);
    else if (event?.type === 'message_stop') this.complete = true;
    else if (event?.type === 'error') this.failed = true;
  }
}

const MAX_JSON_BYTES = 32 * 1024 * 1024;

/** A message that came in one piece. */
class AnthropicBodyReader extends AnthropicAnswerReader {
  #pieces: Buffer[] = [];
  #length = 0;

  write(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length <= MAX_JSON_BYTES) this.#pieces.push(bytes);
    else this.#pieces = [];
  }

  end(): void {
    if (this.complete) return;
    const message = parseObject(Buffer.concat(this.#pieces).toString('utf8'));
    this.complete = message !== undefined || this.#length > MAX_JSON_BYTES;
    this.takeMessage(message);
    this.#pieces = [];
  }
}

/** For answers that report no usage of the caller's: lists, token counts, errors. */
class PlainReader extends AnthropicAnswerReader {
  write(): void {
    // Nothing in it is wanted.
  }

  end(): void {
    this.complete = true;
  }
}

/** The reader for an answer with this content type; `generates` is true for calls that use the model. */
export function anthropicUsageReader(generates: boolean, contentType: string): UsageReader {
  if (!generates) return new PlainReader();
  return /^text\/event-stream\b/i.test(contentType) ? new AnthropicStreamReader() : new AnthropicBodyReader();
}
