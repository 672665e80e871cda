import { z } from 'zod';
import path from 'node:path';
import { parseByteSize } from '../kernel/byte-size.js';

/** Thrown once for all faults together; the process ends with 78 (EX_CONFIG). */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  constructor(readonly faults: readonly { readonly variable: string; readonly fault: string }[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((f) => `  ${f.variable}: ${f.fault}`).join('\n')}`);
  }
}

const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/, `must be a whole number from ${min} to ${max}`).transform(Number).pipe(z.number().min(min).max(max));

const variables = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATA_DIR: z.string().default('.data'),
  DATA_ROOT: z.string().optional(),
  CHANNEL_DIR: z.string().optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  MASTER_SECRET: z.string().optional(),
  API_KEYS_FILE: z.string().optional(),
  MODEL_UPSTREAM: z.enum(['mock', 'http']).default('mock'),
  ANTHROPIC_UPSTREAM_URL: z.url({ protocol: /^https?$/ }).default('https://api.anthropic.com'),
  RUNTIME: z.enum(['auto', 'docker', 'local', 'fake']).default('auto'),
  DOCKER_HOST: z.string().optional(),
  AGENT_IMAGE: z.string().default('k8s-triage-agent:latest'),
  MAX_CONCURRENT_RUNS: integer(1, 1000).default(4),
  CONTAINER_TIMEOUT: integer(1, 86_400).default(600),
  CONTAINER_MEMORY: z.string().default('2g'),
  RATE_LIMIT_REQUESTS: integer(1, 1_000_000).default(100),
  RATE_LIMIT_WINDOW_SECONDS: integer(1, 86_400).default(60),
  ALLOWED_ORIGINS: z.string().default(''),
});

export type Config = ReturnType<typeof loadConfig>;

/**
 * Parses the environment. Throws ConfigurationError with every fault, each with its variable.
 * What is not set and needs the disk (secrets, the embedded Postgres) is made later, by compose.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>) {
  void [variables, path, environment, parseByteSize];
  throw new Error('to be written');
}
