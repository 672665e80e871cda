import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import tar from 'tar-stream';

export const TRIVIAL_IMAGE = 'triaged-bench-trivial-agent:latest';
export const TRIVIAL_COMMAND = '/usr/local/bin/claude';

/** Says at once that it is done, in Claude Code's form. */
const AGENT = `#!/bin/sh
printf '%s\\n' '{"type":"result","subtype":"success","is_error":false,"result":"done"}'
`;

/** The agent's image with a `claude` that prints one line, so that what is measured is everything but the agent. */
export async function buildTrivialAgent(docker: Docker, image: string): Promise<void> {
  const context = tar.pack();
  context.entry({ name: 'claude', mode: 0o755 }, AGENT);
  const dockerfile = [
    'FROM ' + image,
    'USER root',
    `RUN rm ${TRIVIAL_COMMAND}`,
    `COPY claude ${TRIVIAL_COMMAND}`,
    'USER 10001:10001',
    '',
  ];
  context.entry({ name: 'Dockerfile' }, dockerfile.join('\n'));
  context.finalize();
  const output = await docker.buildImage(Readable.from(context), {
    t: TRIVIAL_IMAGE,
    networkmode: 'none',
    forcerm: true,
  });
  const log = (await buffer(output)).toString();
  const error = /"error":"([^"]*)"/.exec(log)?.[1];
  if (error !== undefined) throw new Error(`The image of the trivial agent was not built: ${error}`);
}
