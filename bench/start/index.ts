import type { Group } from '../harness/group.js';
import { measureRunStart } from './run-start.js';
import { measureServerStart } from './server-start.js';

/** How soon the server is ready, and how soon a run speaks. */
export const start: Group = {
  name: 'start',
  async measure(context) {
    const server = await measureServerStart(context);
    const { rows, skips } = await measureRunStart(context);
    return { rows: [...server, ...rows], skips };
  },
};
