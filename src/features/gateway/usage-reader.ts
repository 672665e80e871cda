import { NO_TOKENS, type TokenFigures } from '../usage/index.js';
import { AnswerObjects } from './answer-objects.js';
import { JsonObjectReader } from './json-objects.js';
import type { Json } from './json-values.js';
import { SseEventReader, type SseEvent } from './sse-events.js';

/** What an answer has said so far. */
export interface Findings {
  /** True once the answer itself has said that it is whole. */
  complete: boolean;
  /** True once the answer has reported an error in spite of its status. */
  failed: boolean;
  model: string | undefined;
  tokens: TokenFigures;
}

/** Reads what a call cost off its answer as the bytes pass; fed with decoded bytes, cut anywhere. */
export interface UsageReader {
  write(bytes: Buffer): void;
  /** Told that the answer has no more bytes. */
  end(): void;
  /** Bytes of memory that it keeps until more of the answer has come. */
  readonly held: number;
  /** Lets go of them; it is not written to any more. */
  drop(): void;
  readonly findings: Readonly<Findings>;
}

const nothingYet = (): Findings => ({ complete: false, failed: false, model: undefined, tokens: NO_TOKENS });

/** Takes what an event says; `parse` gives the object that its data holds. */
export type TakeEvent = (event: SseEvent, findings: Findings, parse: (data: string) => Json | undefined) => void;

/** For an event stream, which is whole only when it said so. */
export function eventReader(take: TakeEvent): UsageReader {
  const findings = nothingYet();
  const objects = new AnswerObjects();
  const parse = (data: string): Json | undefined => objects.parse(data);
  const events = new SseEventReader((event) => take(event, findings, parse));
  return readerOf(findings, events);
}

/** For JSON: one object, or an array of them that comes piece by piece. */
export function objectReader(take: (object: Json, findings: Findings) => void): UsageReader {
  const findings = nothingYet();
  const objects = new JsonObjectReader((object) => take(object, findings));
  return readerOf(findings, objects);
}

/** For an answer that is one or the other: its content type tells. */
export const usageReaderOf =
  (takeEvent: TakeEvent, takeObject: (object: Json, findings: Findings) => void) =>
  (contentType: string): UsageReader =>
    /^text\/event-stream\b/i.test(contentType) ? eventReader(takeEvent) : objectReader(takeObject);

/** For answers that report no usage of the caller's: lists, token counts, errors. */
export function plainReader(): UsageReader {
  const findings = nothingYet();
  const none = { held: 0, write: () => undefined, drop: () => undefined };
  return { findings, ...none, end: () => (findings.complete = true) };
}

const readerOf = (findings: Findings, parts: SseEventReader | JsonObjectReader): UsageReader => ({
  findings,
  write: (bytes) => parts.write(bytes),
  end: () => undefined,
  get held() {
    return parts.held;
  },
  drop: () => parts.drop(),
});
