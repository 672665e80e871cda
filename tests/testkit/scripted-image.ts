import Docker from 'dockerode';
import { dockerOptions } from '../../src/adapters/container-runtime/docker-engine.js';

export const scriptedImage = 'triaged-test/scripted:latest';

/**
 * Makes an image of the agent image that runs `agent.sh` from the channel's directory in place of triaged-init, so that a
 * test decides what its container does. Needs no network and no build.
 */
export const makeScriptedImage = (dockerHost: string | undefined): Promise<void> =>
  makeChangedImage(dockerHost, scriptedImage, 'ENTRYPOINT ["bash", "/run/triaged/agent.sh"]');

/** Makes an image of the agent image with one instruction of a Dockerfile more. */
export async function makeChangedImage(
  dockerHost: string | undefined,
  image: string,
  instruction: string,
): Promise<void> {
  const docker = new Docker(dockerOptions(dockerHost));
  const template = await docker.createContainer({ Image: process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest' });
  try {
    const [repo, tag] = image.split(':');
    await template.commit({ repo, tag, changes: instruction });
  } finally {
    await template.remove({ v: true });
  }
}
