import { spawn } from 'node:child_process';
import { listArtifacts, type ArtifactList } from './artifact-list.js';
import { Backoff, type ChannelClient } from './channel-client.js';
import { messageOf, say } from './diagnostics.js';
import type { Bootstrap } from './protocol.js';

type Folders = Pick<Bootstrap, 'workspace' | 'output' | 'maxArtifactBytes'>;

/** Sends the run's files, output first. Never throws: a run does not fail for its artifacts, it says so. */
export async function uploadArtifacts(client: ChannelClient, folders: Folders, patienceMs: number): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const list = await listArtifacts([folders.output, folders.workspace], folders.maxArtifactBytes);
    if (list.skipped > 0) say(`${list.skipped} artifacts are too large or unreadable and were left out`);
    for (const pause = new Backoff(); !patience.aborted; await pause.wait()) {
      const status = await sendTar(client, folders, list, patience).catch((error: unknown) => {
        say(`the artifacts could not be sent: ${messageOf(error)}`);
        return 503;
      });
      if (status < 300) return;
      if (status < 500) throw new Error(`the server refused them with ${status}`);
    }
    say('the artifacts were given up');
  } catch (error) {
    say(`the artifacts are missing: ${messageOf(error)}`);
  }
}

async function sendTar(
  client: ChannelClient,
  folders: Folders,
  list: ArtifactList,
  patience: AbortSignal,
): Promise<number> {
  const renamed = [
    `--transform=s,^${pattern(folders.output)}/,output/,S`,
    `--transform=s,^${pattern(folders.workspace)}/,workspace/,S`,
  ];
  const options = [
    '--create',
    '--absolute-names',
    '--format=gnu',
    '--no-recursion',
    '--ignore-failed-read',
    '--warning=none',
  ];
  const tar = spawn('tar', [...options, ...renamed, '--null', '--verbatim-files-from', '--files-from=-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const failed = new Promise<never>((_resolve, reject) => {
    tar.once('error', reject);
    patience.addEventListener('abort', () => reject(new Error('it took too long')), { once: true });
  });
  // tar may end before it has read every name; its output then says so.
  tar.stdin.on('error', () => undefined);
  tar.stdin.end(list.files.map((file) => `${file}\0`).join(''));
  try {
    const answer = await Promise.race([
      client.call({ method: 'PUT', path: '/v1/artifacts', body: tar.stdout }),
      failed,
    ]);
    return answer.status;
  } finally {
    tar.stdout.destroy();
    tar.kill('SIGKILL');
  }
}

/** For tar's --transform, a basic regular expression between commas. */
const pattern = (folder: string): string => folder.replace(/\/+$/, '').replace(/[\\.*^$[\],;]/g, '\\$&');
