import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { announcedServer, demoKeyFile, demoKeyFor, localServer } from '../src/cli/local-server.js';
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

type Wanted = Pick<DemoOptions, 'url' | 'apiKey' | 'dataDir'>;

/**
 * TRIAGED_URL's server, or one that uses our data folder and listens on this machine; undefined when none answers. The demo
 * tenant's key is given to the server of the data folder and to no other.
 */
export async function findServer(options: Wanted): Promise<RunningServer | undefined> {
  const local = await localServer(options.dataDir);
  if (options.url !== undefined) {
    if (!(await isReady(options.url))) {
      throw new DemoFailure(
        `No server is ready at ${options.url} (TRIAGED_URL).`,
        'Start it, or leave TRIAGED_URL out: the demo then starts a server of its own.',
      );
    }
    const apiKey = options.apiKey ?? (await demoKeyFor(options.url, local));
    if (apiKey !== undefined) return { url: options.url, apiKey, own: undefined };
    throw new DemoFailure('TRIAGED_URL is set, and there is no key for it.', 'Set TRIAGED_API_KEY to an ADMIN key.');
  }
  if (!local) return undefined;
  const { url } = local;
  const apiKey = await demoKeyFor(url, local);
  return apiKey !== undefined && (await isReady(url)) ? { url, apiKey, own: undefined } : undefined;
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
    const server = await announcedServer(options.dataDir);
    if (!server || server.pid !== own.child.pid || !(await isReady(server.url))) continue;
    const apiKey = await demoKeyFor(server.url, server);
    if (apiKey === undefined) {
      throw new DemoFailure(
        `The server made no demo key at ${demoKeyFile(options.dataDir)}, so keys come from API_KEYS_FILE.`,
        'Set TRIAGED_URL and TRIAGED_API_KEY to use a configured server, or unset API_KEYS_FILE.',
      );
    }
    return { url: server.url, apiKey, own };
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
