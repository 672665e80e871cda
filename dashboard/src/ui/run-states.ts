import type { TriageRunState } from '../../../sdk/src/generated/graphql.js';
import type { Tone } from './badge.js';

/** Every state in words for people, with its tone. */
export const STATES: Readonly<Record<TriageRunState, readonly [word: string, tone: Tone]>> = {
  QUEUED: ['Queued', 'neutral'],
  PREPARING: ['Preparing', 'info'],
  RUNNING: ['Running', 'info'],
  SUCCEEDED: ['Succeeded', 'good'],
  FAILED: ['Failed', 'bad'],
  TIMED_OUT: ['Timed out', 'warn'],
  CANCELLED: ['Cancelled', 'neutral'],
  LOST: ['Lost', 'bad'],
};

export const RUN_STATES = Object.keys(STATES) as readonly TriageRunState[];

/** Whether a run in this state goes on. */
export const isUnderWay = (state: TriageRunState): boolean =>
  state === 'QUEUED' || state === 'PREPARING' || state === 'RUNNING';

export const runStateWord = (state: TriageRunState): string => STATES[state][0];
