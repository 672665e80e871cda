import { maskKeys } from '../masking/index.js';
import type { GatewayCaller } from './types.js';

/** More of what an agent or a provider wrote is told nowhere. */
const MAX_LENGTH = 4096;
/** A key that begins within that length ends within this one. */
const LOOKED_AT = 4 * MAX_LENGTH;

/** As it may be logged and kept: without the call's keys and whatever looks like one. */
export function withoutKeys(text: string, { credential, agentKeys }: GatewayCaller): string {
  let told = text.slice(0, LOOKED_AT);
  for (const key of [credential, ...agentKeys]) if (key !== '') told = told.replaceAll(key, '*'.repeat(key.length));
  return maskKeys(told).slice(0, MAX_LENGTH);
}
