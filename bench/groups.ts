import { deepPage } from './deep-page/index.js';
import { gateway } from './gateway/index.js';
import type { Group } from './harness/group.js';
import { limiter } from './limiter/index.js';
import { lists } from './lists/index.js';
import { live } from './live/index.js';
import { log } from './log/index.js';
import { platform } from './platform/index.js';
import { start } from './start/index.js';
import { tenants } from './tenants/index.js';

/** In the order in which they run. */
export const groups: readonly Group[] = [start, log, live, platform, lists, deepPage, tenants, limiter, gateway];
