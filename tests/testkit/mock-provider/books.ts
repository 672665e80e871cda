import type { MockBookLine } from '../../../src/adapters/model-upstream/mock/index.js';

/** A header by which a client tells its calls apart; a provider would not look at it. */
export const CALL_TAG = 'x-call-tag';

export interface ProviderBooks {
  readonly lines: readonly MockBookLine[];
  /** How often each tagged call arrived, by its tag. */
  readonly timesReceived: Readonly<Record<string, number>>;
}
