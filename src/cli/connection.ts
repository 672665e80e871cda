import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from './exit-codes.js';
import { CommandFailure, UsageError } from './failure.js';
import { variable, type Environment } from './io.js';

export const DEFAULT_URL = 'http://127.0.0.1:4000';

export interface ConnectionOptions {
  readonly url?: string;
  readonly apiKeyFile?: string;
}

/** A value, and whence it is: messages say so. */
interface Found {
  readonly value: string;
  readonly from: string;
}

export interface Connection {
  readonly url: string;
  readonly urlFrom: string;
  readonly apiKey: string;
  readonly keyFrom: string;
}

/**
 * Which server, and with which key. A server that was started in this folder tells both: its address is in the data folder,
 * and so is the demo tenant's key, which is given to that server and no other.
 */
export async function resolveConnection(options: ConnectionOptions, environment: Environment): Promise<Connection> {
  const dataDir = path.resolve(variable(environment, 'DATA_DIR') ?? '.data');
  const local = (await announcedUrl(dataDir)) ?? { value: DEFAULT_URL, from: 'the default' };
  const named = namedUrl(options, environment);
  const url = named ? checkedUrl(named) : local.value;
  const isLocal = url.replace('//localhost:', '//127.0.0.1:') === local.value;
  const key = (await givenKey(options, environment)) ?? (isLocal ? await demoKey(dataDir) : undefined);
  if (key) return { url, urlFrom: (named ?? local).from, apiKey: checkedKey(key), keyFrom: key.from };
  throw new CommandFailure(
    EXIT.keyRefused,
    `There is no API key for ${url}. Set TRIAGED_API_KEY, or give --api-key-file FILE; whoever runs the server makes a key ` +
      'with: triaged keys create --tenant TENANT --role OPERATOR',
  );
}

function namedUrl({ url }: ConnectionOptions, environment: Environment): Found | undefined {
  const fromEnvironment = variable(environment, 'TRIAGED_URL');
  if (url !== undefined) return { value: url, from: '--url' };
  return fromEnvironment === undefined ? undefined : { value: fromEnvironment, from: 'TRIAGED_URL' };
}

async function givenKey({ apiKeyFile }: ConnectionOptions, environment: Environment): Promise<Found | undefined> {
  if (apiKeyFile !== undefined) {
    const value = await readFile(apiKeyFile, 'utf8').catch((error: unknown) => {
      throw new UsageError(`--api-key-file: ${(error as Error).message}`, { cause: error });
    });
    return { value, from: apiKeyFile };
  }
  const value = variable(environment, 'TRIAGED_API_KEY');
  return value === undefined ? undefined : { value, from: 'TRIAGED_API_KEY' };
}

async function demoKey(dataDir: string): Promise<Found | undefined> {
  const from = path.join(dataDir, 'demo.api-key');
  const value = await readFile(from, 'utf8').catch(() => undefined);
  return value === undefined ? undefined : { value, from };
}

/** What is sent in a header: one line of printable characters. The message never shows it. */
function checkedKey({ value, from }: Found): string {
  const key = value.trim();
  if (/^[\x21-\x7e]{1,512}$/.test(key)) return key;
  throw new UsageError(`${from} holds no API key: one line such as tri_… is wanted.`);
}

/**
 * Where the server that uses this data folder listens; it takes the file away when it closes. Only on this machine: a folder
 * that somebody else made must not say whom a key is sent to.
 */
async function announcedUrl(dataDir: string): Promise<Found | undefined> {
  const from = path.join(dataDir, 'server.json');
  try {
    const { url } = JSON.parse(await readFile(from, 'utf8')) as { readonly url?: unknown };
    if (typeof url !== 'string') return undefined;
    // One that listens everywhere is reached over the loopback address.
    const value = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
    return /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/.test(value) ? { value, from } : undefined;
  } catch {
    return undefined;
  }
}

function checkedUrl({ value, from }: Found): string {
  const url = URL.parse(value);
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash;
  if (isAddress && !url.username && !url.password) return url.href.replace(/\/+$/, '');
  throw new UsageError(`${from}: "${value}" is no address of a server; give one such as ${DEFAULT_URL}.`);
}
