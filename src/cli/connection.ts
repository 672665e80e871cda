import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from './exit-codes.js';
import { CommandFailure, UsageError } from './failure.js';

export const DEFAULT_URL = 'http://127.0.0.1:4000';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}

export interface Connection {
  readonly url: string;
  readonly apiKey: string;
  /** Whence address and key are, for messages. */
  readonly urlFrom: string;
  readonly keyFrom: string;
}

/**
 * Which server, and with which key. A server that was started in this folder tells both: its address is in the data folder,
 * and so is the demo tenant's key, which is given to that server and no other.
 */
export async function resolveConnection(options: ConnectionOptions, environment: Environment): Promise<Connection> {
  const dataDir = path.resolve(environment.DATA_DIR || '.data');
  const announced = await announcedUrl(dataDir);
  const [text, urlFrom] =
    options.url !== undefined
      ? [options.url, '--url']
      : environment.TRIAGED_URL
        ? [environment.TRIAGED_URL, 'TRIAGED_URL']
        : announced !== undefined
          ? [announced, path.join(dataDir, 'server.json')]
          : [DEFAULT_URL, 'the default'];
  const url = readUrl(text, urlFrom);
  const isOurs = url.replace('//localhost:', '//127.0.0.1:') === (announced ?? DEFAULT_URL);
  const demoKeyFile = path.join(dataDir, 'demo.api-key');
  const given = await givenKey(options.apiKeyFile, environment);
  if (given) return { url, urlFrom, ...given };
  const demoKey = isOurs ? await readFile(demoKeyFile, 'utf8').catch(() => undefined) : undefined;
  if (demoKey !== undefined) return { url, urlFrom, ...checkedKey(demoKey, demoKeyFile) };
  throw new CommandFailure(
    EXIT.keyRefused,
    `There is no API key for ${url}. Set TRIAGED_API_KEY, or give --api-key-file FILE; whoever runs the server makes a key ` +
      'with: triaged keys create --tenant TENANT --role OPERATOR',
  );
}

async function givenKey(file: string | undefined, { TRIAGED_API_KEY }: Environment) {
  if (file === undefined) return TRIAGED_API_KEY ? checkedKey(TRIAGED_API_KEY, 'TRIAGED_API_KEY') : undefined;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--api-key-file: ${(error as Error).message}`, { cause: error });
  });
  return checkedKey(text, file);
}

/** What is sent in a header: one line of printable characters. The message never shows it. */
function checkedKey(text: string, keyFrom: string): { readonly apiKey: string; readonly keyFrom: string } {
  const apiKey = text.trim();
  if (/^[\x21-\x7e]{1,512}$/.test(apiKey)) return { apiKey, keyFrom };
  throw new UsageError(`${keyFrom} holds no API key: one line such as tri_… is wanted.`);
}

/**
 * Where the server that uses this data folder listens; it takes the file away when it closes. Only on this machine: a folder that
 * somebody else made must not say whom a key is sent to.
 */
async function announcedUrl(dataDir: string): Promise<string | undefined> {
  try {
    const { url } = JSON.parse(await readFile(path.join(dataDir, 'server.json'), 'utf8')) as { readonly url?: unknown };
    if (typeof url !== 'string') return undefined;
    // One that listens everywhere is reached over the loopback address.
    const reached = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
    return /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/.test(reached) ? reached : undefined;
  } catch {
    return undefined;
  }
}

function readUrl(text: string, from: string): string {
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  if (isPlain && !url.search && !url.hash) return url.href.replace(/\/+$/, '');
  throw new UsageError(`${from}: "${text}" is no address of a server; give one such as ${DEFAULT_URL}.`);
}
