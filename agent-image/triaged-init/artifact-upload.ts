import { spawn } from 'node:child_process';
import { listArtifacts, type ArtifactList } from './artifact-list.js';
import { Backoff, type ChannelClient } from './channel-client.js';
import { messageOf, say } from './diagnostics.js';
import type { Bootstrap } from './protocol.js';

type Folders = Pick<Bootstrap, 'workspace' | 'output' | 'maxArtifactBytes'>;

/** Sends the run's files, output first, and tells whether some did not fit. Never throws: it says what went wrong. */
export async function uploadArtifacts(client: ChannelClient, folders: Folders, patienceMs: number): Promise<boolean> {
  const patience = AbortSignal.timeout(patienceMs);
  let isOverLimit = false;
  try {
    const list = await listArtifacts([folders.output, folders.workspace], folders.maxArtifactBytes);
    ({ isOverLimit } = list);
    if (isOverLimit) say('some artifacts are too large and were left out');
    for (const pause = new Backoff(); !patience.aborted; await pause.wait()) {
      const status = await sendTar(client, folders, list, patience).catch((error: unknown) => {
        say(`the artifacts could not be sent: ${messageOf(error)}`);
        return 503;
      });
      if (status < 300) return isOverLimit;
      if (status < 500) throw new Error(`the server refused them with ${status}`);
    }
    say('the artifacts were given up');
  } catch (error) {
    say(`the artifacts are missing: ${messageOf(error)}`);
  }
  return isOverLimit;
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
    // A second name of a file is a file of its own, or the first would decide which of them is kept.
    '--hard-dereference',
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
