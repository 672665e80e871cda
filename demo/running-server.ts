import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines, startLogged, type LoggedChild } from './child.js';
import { DemoFailure } from './demo-failure.js';
import type { DemoOptions } from './options.js';
import type { RuntimeChoice } from './choose-runtime.js';

export interface RunningServer {
  readonly url: string;
  readonly apiKey: string;
  /** Undefined when somebody else started it. */
  readonly own: LoggedChild | undefined;
}

export const keyFileOf = (dataDir: string): string => path.join(dataDir, 'demo.api-key');

/** TRIAGED_URL's server, or one that uses our data folder; undefined when none answers. */
export async function findServer(options: DemoOptions): Promise<RunningServer | undefined> {
  if (options.url !== undefined) {
    if (!(await isReady(options.url))) {
      throw new DemoFailure(
        `No server is ready at ${options.url} (TRIAGED_URL).`,
        'Start it, or leave TRIAGED_URL out: the demo then starts a server of its own.',
      );
    }
    const apiKey = options.apiKey ?? (await readKey(options.dataDir));
    if (apiKey !== undefined) return { url: options.url, apiKey, own: undefined };
    throw new DemoFailure('TRIAGED_URL is set, and there is no key for it.', 'Set TRIAGED_API_KEY to an ADMIN key.');
  }
  const url = (await readAddress(options.dataDir))?.url;
  const apiKey = await readKey(options.dataDir);
  if (url === undefined || apiKey === undefined || !(await isReady(url))) return undefined;
  return { url, apiKey, own: undefined };
}

/** Starts `npm start`'s program with a port of the system's choice; resolves once it is ready. */
export async function startServer(
  root: string,
  options: DemoOptions,
  { runtime, dockerHost }: RuntimeChoice,
  onStarted: (child: LoggedChild) => void,
  signal: AbortSignal,
): Promise<RunningServer> {
  const own = await startLogged(
    process.execPath,
    [path.join(root, 'scripts', 'start.mjs')],
    path.join(options.dataDir, 'server.log'),
    {
      ...process.env,
      PORT: process.env.PORT ?? '0',
      DATA_DIR: options.dataDir,
      RUNTIME: runtime,
      MODEL_UPSTREAM: options.upstream,
      ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
    },
  );
  onStarted(own);
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const ended = await Promise.race([own.ended, delay(100, undefined)]);
    if (ended !== undefined) throw await startFailure(`The server ended with ${ended} before it was ready.`, own);
    const address = await readAddress(options.dataDir);
    if (!address || address.pid !== own.child.pid || !(await isReady(address.url))) continue;
    const apiKey = await readKey(options.dataDir);
    if (apiKey === undefined) {
      throw new DemoFailure(
        `The server made no demo key at ${keyFileOf(options.dataDir)}, so keys come from API_KEYS_FILE.`,
        'Set TRIAGED_URL and TRIAGED_API_KEY to use a configured server, or unset API_KEYS_FILE.',
      );
    }
    return { url: address.url, apiKey, own };
  }
  throw await startFailure('The server was not ready within two minutes.', own);
}

const startFailure = async (what: string, { logFile }: LoggedChild): Promise<DemoFailure> =>
  new DemoFailure(
    `${what} The last lines of ${logFile}:\n${await lastLines(logFile, 15)}`,
    'Mend what they say and try again; "npm start" alone shows the same at once.',
  );

/** Whether the server says that it can work. */
export const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status === 200;
    },
    () => false,
  );

/** The server writes where it listens into its data folder, and takes that away when it closes. Undefined until then. */
export async function readAddress(
  dataDir: string,
): Promise<{ readonly url: string; readonly pid: number } | undefined> {
  try {
    const { url, pid } = JSON.parse(await readFile(path.join(dataDir, 'server.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    if (typeof url !== 'string' || typeof pid !== 'number') return undefined;
    // A server that listens everywhere is reached over the loopback address.
    return { url: url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:'), pid };
  } catch {
    return undefined;
  }
}

async function readKey(dataDir: string): Promise<string | undefined> {
  const key = (await readFile(keyFileOf(dataDir), 'utf8').catch(() => '')).trim();
  return key === '' ? undefined : key;
}
