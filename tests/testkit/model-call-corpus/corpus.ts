import type { ProviderFeature } from '../../../src/kernel/provider-features.js';
import type { ModelProvider } from '../../../src/ports/model-upstream.js';

/** A request that asks more of its provider than to answer. */
export interface HostileCall {
  readonly name: string;
  /** Where the answer says that it stands. */
  readonly place: string;
  /** What would let it pass; undefined for what passes nowhere. */
  readonly feature: ProviderFeature | undefined;
  readonly body: string | Buffer;
}

export interface CallCorpus {
  readonly provider: ModelProvider;
  readonly path: string;
  readonly hostile: readonly HostileCall[];
  /** Requests as CLIs make them: each passes byte for byte. */
  readonly benign: Readonly<Record<string, string>>;
}

/** A row: name, place, feature, and what is added to a request that asks for nothing. */
export type HostileRow = readonly [string, string, ProviderFeature | undefined, object];

export const rowsOf = (request: object, rows: readonly HostileRow[]): HostileCall[] =>
  rows.map(([name, place, feature, added]) => ({
    name,
    place,
    feature,
    body: JSON.stringify({ ...request, ...added }),
  }));
