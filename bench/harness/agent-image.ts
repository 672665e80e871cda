import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Docker from 'dockerode';
import tar from 'tar-stream';
import { findDockerEngine } from '../../demo/docker-engine.js';
import { dockerOptions } from '../../src/adapters/container-runtime/docker-engine.js';

export const AGENT_COMMAND = '/usr/local/bin/claude';

/** An engine that has the agent's image, or why there is none. */
export type AgentEngine =
  { readonly docker: Docker; readonly image: string } | { readonly docker: undefined; readonly reason: string };

export async function findAgentEngine(dockerHost: string | undefined): Promise<AgentEngine> {
  const engine = await findDockerEngine(dockerHost);
  if (!engine.answers) return { docker: undefined, reason: `no Docker engine: ${engine.reason}` };
  const docker = new Docker(dockerOptions(dockerHost));
  const image = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
  try {
    await docker.getImage(image).inspect();
    return { docker, image };
  } catch {
    return { docker: undefined, reason: `there is no image ${image}; "npm run image" makes it` };
  }
}

/** Builds `name`: the agent's image with this script for `claude`, and what further lines of a Dockerfile add as root. */
export async function buildAgent(
  { docker, image }: Extract<AgentEngine, { image: string }>,
  name: string,
  { script, lines = [] }: { readonly script: string; readonly lines?: readonly string[] },
): Promise<void> {
  const context = tar.pack();
  context.entry({ name: 'claude', mode: 0o755 }, script);
  const dockerfile = [
    `FROM ${image}`,
    'USER root',
    ...lines,
    `RUN rm ${AGENT_COMMAND}`,
    `COPY claude ${AGENT_COMMAND}`,
    'USER 10001:10001',
    '',
  ];
  context.entry({ name: 'Dockerfile' }, dockerfile.join('\n'));
  context.finalize();
  const options = { t: name, networkmode: 'none', forcerm: true };
  const log = (await buffer(await docker.buildImage(Readable.from(context), options))).toString();
  const error = /"error":"([^"]*)"/.exec(log)?.[1];
  if (error !== undefined) throw new Error(`The image ${name} was not built: ${error}`);
}
