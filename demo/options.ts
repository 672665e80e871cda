import path from 'node:path';
import { parseArgs } from 'node:util';
import { DemoFailure } from './demo-failure.js';

export interface DemoOptions {
  /** Stop what was started and end with the run's result. */
  readonly once: boolean;
  /** One JSON object on stdout; progress goes to stderr. */
  readonly json: boolean;
  /** The server's data folder: where its key, its address and a run's files lie. Absolute. */
  readonly dataDir: string;
  /** A running server to use instead of one of our own. */
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  readonly runtime: string | undefined;
  readonly dockerHost: string | undefined;
  readonly upstream: 'mock' | 'http';
  /** Present with the real provider only. */
  readonly providerKey: string | undefined;
}

export const USAGE = `Usage: npm run demo -- [--once] [--json]

  --once   stop what the demo started and end with the run's result (0 only when it SUCCEEDED)
  --json   print the result as one JSON object on stdout, progress on stderr
`;

/** Reads arguments and environment; throws DemoFailure for what it does not know. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): DemoOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const upstream = environment.MODEL_UPSTREAM ?? 'mock';
  if (upstream !== 'mock' && upstream !== 'http') {
    throw new DemoFailure(`MODEL_UPSTREAM is "${upstream}".`, 'Set it to mock (the default) or http.');
  }
  if (upstream === 'http' && !environment.ANTHROPIC_API_KEY) {
    throw new DemoFailure(
      'MODEL_UPSTREAM=http calls the real provider, and ANTHROPIC_API_KEY is not set.',
      'Set ANTHROPIC_API_KEY, or leave MODEL_UPSTREAM out to use the built-in mock, which needs no key.',
    );
  }
  return {
    once: values.once ?? false,
    json: values.json ?? false,
    dataDir: path.resolve(workingDirectory, environment.DATA_DIR ?? '.data'),
    url: environment.TRIAGED_URL?.replace(/\/+$/, ''),
    apiKey: environment.TRIAGED_API_KEY,
    runtime: environment.RUNTIME === 'auto' ? undefined : environment.RUNTIME,
    dockerHost: environment.DOCKER_HOST,
    upstream,
    providerKey: upstream === 'http' ? environment.ANTHROPIC_API_KEY : undefined,
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      once: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new DemoFailure((error as Error).message, USAGE.trim());
  }
}
