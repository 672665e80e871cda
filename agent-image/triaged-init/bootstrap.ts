import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChannelClient } from './channel-client.js';
import type { Bootstrap, BootstrapFile } from './protocol.js';

/** Asks for what the run needs, once; the client bears the channel's token from then on. */
export async function fetchBootstrap(client: ChannelClient, patienceMs: number): Promise<Bootstrap> {
  const answer = await client.callPatiently({ method: 'GET', path: '/v1/bootstrap' }, patienceMs);
  if (answer.status !== 200) throw new Error(`the server refused the bootstrap with ${answer.status}`);
  const bootstrap = JSON.parse(answer.body.toString('utf8')) as Bootstrap;
  client.useToken(bootstrap.channelToken);
  return bootstrap;
}

/** Makes the run's folders and files; folders that are missing become owner-only. */
export async function prepareFolders(bootstrap: Bootstrap): Promise<void> {
  await Promise.all([bootstrap.workspace, bootstrap.output, bootstrap.workingDirectory].map(makeFolder));
  await Promise.all(bootstrap.files.map(makeFile));
}

/** The agent's whole environment: the server's, and the base URLs at which its model calls are taken. */
export function agentEnvironment(bootstrap: Bootstrap, modelUrl: string): Record<string, string> {
  const baseUrls = Object.entries(bootstrap.modelBaseUrls).map(([name, below]) => [name, modelUrl + below]);
  return { ...bootstrap.environment, ...(Object.fromEntries(baseUrls) as Record<string, string>) };
}

async function makeFile({ path: file, mode, contentBase64 }: BootstrapFile): Promise<void> {
  await makeFolder(path.dirname(file));
  await writeFile(file, Buffer.from(contentBase64, 'base64'), { mode });
  await chmod(file, mode);
}

const makeFolder = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true, mode: 0o700 });
