import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LOUD_IMAGE } from './loud-agent.js';
import { AGENT_COMMAND } from '../harness/agent-image.js';

const WITHIN_MS = 300_000;

/** How a user gets a container's output into a file with the engine's own means; `$1` is the file. */
const WAYS = {
  /** Default logging driver, as everybody has it. */
  'docker run | cat': `docker run --rm --network none --entrypoint ${AGENT_COMMAND} ${LOUD_IMAGE} | cat > "$1"`,
  'docker logs -f | cat': `
    id=$(docker run --detach --network none --entrypoint ${AGENT_COMMAND} ${LOUD_IMAGE})
    trap 'docker rm --force "$id" >/dev/null' EXIT
    docker logs --follow "$id" | cat > "$1"`,
} as const;

/** From the command to the last byte in the file, in milliseconds; the container's start is in it. */
export async function engineLog(way: keyof typeof WAYS, file: string, dockerHost: string | undefined): Promise<number> {
  const engine = dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost };
  const options = { timeout: WITHIN_MS, env: { ...process.env, ...engine } };
  const began = performance.now();
  await promisify(execFile)('sh', ['-euc', WAYS[way], 'sh', file], options);
  return performance.now() - began;
}
