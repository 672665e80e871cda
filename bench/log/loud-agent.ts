import { FINISHED_WORK } from '../harness/finished-work.js';

export const LOUD_IMAGE = 'triaged-bench-loud-agent:latest';

/** What the container prints, once made and the same for all sides. */
export const BYTES_FILE = '/opt/bytes';

/** A `claude` that prints the file and then says that it is done. */
export const LOUD_AGENT = `#!/bin/sh
cat ${BYTES_FILE}
${FINISHED_WORK}`;

/** Lines of 200 bytes without sense, so that what the engine's own log cannot keep (invalid bytes, long lines) is no matter. */
export const makeBytes = (bytes: number): string =>
  `RUN head -c ${bytes} /dev/urandom | base64 -w 199 | head -c ${bytes} > ${BYTES_FILE}`;
