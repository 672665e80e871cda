import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from './exit-codes.js';
import { CommandFailure, UsageError } from './failure.js';
import { variable, type Environment } from './io.js';
import { demoKeyFor, localServer, type AnnouncedServer } from './local-server.js';

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
  const local = await localServer(dataDir);
  const named = namedUrl(options, environment);
  const url = named ? checkedUrl(named) : (local?.url ?? DEFAULT_URL);
  const urlFrom = named?.from ?? local?.file ?? 'the default';
  const key = (await givenKey(options, environment)) ?? (await demoKey(url, local));
  if (key) return { url, urlFrom, apiKey: checkedKey(key), keyFrom: key.from };
  const start =
    named || local ? '' : `${dataDir} names no server that runs: start one with triaged serve, or name another. `;
  throw new CommandFailure(
    EXIT.keyRefused,
    `${start}There is no API key for ${url}. Set TRIAGED_API_KEY, or give --api-key-file FILE; whoever runs the server ` +
      'makes a key with: triaged keys create --tenant TENANT --role OPERATOR',
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

async function demoKey(url: string, server: AnnouncedServer | undefined): Promise<Found | undefined> {
  const value = await demoKeyFor(url, server);
  return value === undefined || !server ? undefined : { value, from: server.keyFile };
}

/** What is sent in a header: one line of printable characters. The message never shows it. */
function checkedKey({ value, from }: Found): string {
  const key = value.trim();
  if (/^[\x21-\x7e]{1,512}$/.test(key)) return key;
  throw new UsageError(`${from} holds no API key: one line such as tri_… is wanted.`);
}

function checkedUrl({ value, from }: Found): string {
  const url = URL.parse(value);
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash;
  if (isAddress && !url.username && !url.password) return url.href.replace(/\/+$/, '');
  throw new UsageError(`${from}: "${value}" is no address of a server; give one such as ${DEFAULT_URL}.`);
}
