import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChannelClient } from './channel-client.js';
import { CONNECT_PROXY_MARK, type Bootstrap, type BootstrapFile } from './protocol.js';

/** Asks for what the run needs, once; the client bears the channel's token from then on. */
export async function fetchBootstrap(client: ChannelClient, patienceMs: number): Promise<Bootstrap> {
  const answer = await client.callPatiently({ method: 'GET', path: '/v1/bootstrap' }, patienceMs);
  if (answer.status !== 200) throw new Error(`the server refused the bootstrap with ${answer.status}`);
  const bootstrap = JSON.parse(answer.body.toString('utf8')) as Bootstrap;
  client.useToken(bootstrap.channelToken);
  return bootstrap;
}

/** Makes the run's folders and files; folders that are missing become owner-only. */
export async function prepareFolders(bootstrap: Bootstrap, connectProxyUrl: string): Promise<void> {
  await Promise.all([bootstrap.workspace, bootstrap.output, bootstrap.workingDirectory].map(makeFolder));
  await Promise.all(bootstrap.files.map((file) => makeFile(file, connectProxyUrl)));
}

/** The agent's whole environment: the server's, and where its model calls and its tunnels are taken. */
export function agentEnvironment(
  bootstrap: Bootstrap,
  { modelUrl, connectProxyUrl }: { readonly modelUrl: string; readonly connectProxyUrl: string },
): Record<string, string> {
  const baseUrls = Object.entries(bootstrap.modelBaseUrls).map(([name, below]) => [name, modelUrl + below]);
  const proxies = bootstrap.connectProxyVariables.map((name) => [name, connectProxyUrl]);
  return { ...bootstrap.environment, ...(Object.fromEntries([...baseUrls, ...proxies]) as Record<string, string>) };
}

async function makeFile(
  { path: file, mode, contentBase64, substitute = false }: BootstrapFile,
  connectProxyUrl: string,
): Promise<void> {
  await makeFolder(path.dirname(file));
  const content = Buffer.from(contentBase64, 'base64');
  const written = substitute ? content.toString('utf8').replaceAll(CONNECT_PROXY_MARK, connectProxyUrl) : content;
  await writeFile(file, written, { mode });
  await chmod(file, mode);
}

const makeFolder = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true, mode: 0o700 });
