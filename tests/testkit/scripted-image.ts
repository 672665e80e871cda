import Docker from 'dockerode';
import { dockerOptions } from '../../src/adapters/container-runtime/docker-engine.js';

export const scriptedImage = 'triaged-test/scripted:latest';

/**
 * Makes an image of the agent image that runs `agent.sh` from the channel's directory in place of triaged-init, so that a
 * test decides what its container does. Needs no network and no build.
 */
export async function makeScriptedImage(dockerHost: string | undefined): Promise<void> {
  const docker = new Docker(dockerOptions(dockerHost));
  const template = await docker.createContainer({ Image: process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest' });
  try {
    const [repo, tag] = scriptedImage.split(':');
    await template.commit({ repo, tag, changes: 'ENTRYPOINT ["bash", "/run/triaged/agent.sh"]' });
  } finally {
    await template.remove({ v: true });
  }
}
