import { FINISHED_WORK } from '../harness/finished-work.js';

export const TRIVIAL_IMAGE = 'triaged-bench-trivial-agent:latest';

/** A `claude` that says at once that it is done, so that what is measured is everything but the agent. */
export const TRIVIAL_AGENT = `#!/bin/sh
${FINISHED_WORK}`;
