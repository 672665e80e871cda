import type { AiAgent } from '../../../../../sdk/src/generated/graphql.js';
import type { LogMode, LogRow } from './layout.js';
import type { CitedRow } from './log-citation.js';
import type { FoundRow } from './log-search.js';

/** What a log's worker is given first. */
export interface OpenLog {
  readonly url: string;
  readonly apiKey: string;
  readonly runId: string;
  readonly aiAgent: AiAgent;
  readonly mode: LogMode;
  readonly columns: number;
}

export interface LogState {
  /** Bytes read so far. */
  readonly size: number;
  /** Bytes whose rows are counted. */
  readonly countedBytes: number;
  readonly rowCount: number;
  /** Changes with each layout; rows of another one have other numbers. */
  readonly generation: number;
  /** All was read, and no more comes. */
  readonly hasEnded: boolean;
  readonly isReconnecting: boolean;
  /** Why it is read no further; undefined while it is. */
  readonly failure: string | undefined;
  /** Of the search that was asked for last. */
  readonly hits:
    | {
        readonly text: string;
        readonly count: number;
        readonly isThrough: boolean;
        /** Why it goes no further; undefined while it does. */
        readonly failure: string | undefined;
      }
    | undefined;
}

export const EMPTY_LOG: LogState = {
  size: 0,
  countedBytes: 0,
  rowCount: 0,
  generation: 0,
  hasEnded: false,
  isReconnecting: false,
  failure: undefined,
  hits: undefined,
};

/** What a page may ask of a log's worker. */
export interface LogCalls {
  rows(from: number, count: number): Promise<readonly LogRow[]>;
  toggle(offset: number, key: string): Promise<void>;
  setLayout(mode: LogMode, columns: number): Promise<void>;
  /** Begins another search; an empty text ends it. */
  search(text: string): Promise<void>;
  hit(number: number): Promise<FoundRow | undefined>;
  /** The number of the first hit in or behind the line that begins at the offset. */
  firstHitFrom(offset: number): Promise<number>;
  /** The first row of what begins at the offset or behind it. */
  rowAt(offset: number): Promise<number>;
  cite(offset: number, length: number): Promise<CitedRow | undefined>;
  /** All bytes read so far, exactly. */
  save(): Promise<Blob>;
}

export type LogRequest =
  | { readonly open: OpenLog }
  | { readonly call: keyof LogCalls; readonly id: number; readonly values: readonly unknown[] };

export type LogAnswer =
  | { readonly state: LogState }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
