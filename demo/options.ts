import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEMO_AGENTS, type DemoAgent } from './demo-agents.js';
import { DemoFailure } from './demo-failure.js';

export interface DemoOptions {
  /** Stop what was started and end with the run's result. */
  readonly once: boolean;
  /** One JSON object on stdout; progress goes to stderr. */
  readonly json: boolean;
  readonly agent: DemoAgent;
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

export const USAGE = `Usage: npm run demo -- [--once] [--json] [--agent AGENT]

  --once   stop what the demo started and end with the run's result (0 only when it SUCCEEDED)
  --json   print the result as one JSON object on stdout, progress on stderr
  --agent  ${Object.keys(DEMO_AGENTS).join(', ')}; claude by default
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
  const agent = Object.hasOwn(DEMO_AGENTS, values.agent) ? DEMO_AGENTS[values.agent] : undefined;
  if (!agent) throw new DemoFailure(`There is no agent "${values.agent}".`, USAGE.trim());
  const key = environment[agent.keyVariable];
  if (upstream === 'http' && !key) {
    throw new DemoFailure(
      `MODEL_UPSTREAM=http calls the real provider, and ${agent.keyVariable} is not set.`,
      `Set ${agent.keyVariable}, or leave MODEL_UPSTREAM out to use the built-in mock, which needs no key.`,
    );
  }
  return {
    once: values.once ?? false,
    json: values.json ?? false,
    agent,
    dataDir: path.resolve(workingDirectory, environment.DATA_DIR ?? '.data'),
    url: environment.TRIAGED_URL?.replace(/\/+$/, ''),
    apiKey: environment.TRIAGED_API_KEY,
    runtime: environment.RUNTIME === 'auto' ? undefined : environment.RUNTIME,
    dockerHost: environment.DOCKER_HOST,
    upstream,
    providerKey: upstream === 'http' ? key : undefined,
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      once: { type: 'boolean' },
      json: { type: 'boolean' },
      agent: { type: 'string', default: 'claude' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new DemoFailure((error as Error).message, USAGE.trim());
  }
}
