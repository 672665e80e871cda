import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A server, as it announces itself in its data folder; it takes that away when it closes. */
export interface AnnouncedServer {
  /** Where it listens; over the loopback address when that is everywhere. */
  readonly url: string;
  readonly pid: number;
  /** The file that says so. */
  readonly file: string;
  /** Where the demo tenant's key lies, if there is one. */
  readonly keyFile: string;
}

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/;

export const demoKeyFile = (dataDir: string): string => path.join(dataDir, 'demo.api-key');

/** What the data folder says, which somebody else may have made. */
export async function announcedServer(dataDir: string): Promise<AnnouncedServer | undefined> {
  const file = path.join(dataDir, 'server.json');
  try {
    const { url, pid } = JSON.parse(await readFile(file, 'utf8')) as { readonly url?: unknown; readonly pid?: unknown };
    if (typeof url !== 'string' || typeof pid !== 'number') return undefined;
    const reached = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
    return { url: reached, pid, file, keyFile: demoKeyFile(dataDir) };
  } catch {
    return undefined;
  }
}

/** The server that uses this data folder, if it listens on this machine: no folder says whom else a key is sent to. */
export async function localServer(dataDir: string): Promise<AnnouncedServer | undefined> {
  const server = await announcedServer(dataDir);
  return server && LOOPBACK.test(server.url) ? server : undefined;
}

/** The demo tenant's key for the server at `url`: undefined unless it is the one whose data folder holds the key. */
export async function demoKeyFor(url: string, server: AnnouncedServer | undefined): Promise<string | undefined> {
  if (url.replace('//localhost:', '//127.0.0.1:') !== server?.url) return undefined;
  const key = (await readFile(server.keyFile, 'utf8').catch(() => '')).trim();
  return key === '' ? undefined : key;
}
