import type { Group } from './harness/group.js';
import { start } from './start/index.js';

/** In the order in which they run. */
export const groups: readonly Group[] = [start];
