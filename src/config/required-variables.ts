import type { ConfigurationFault } from './configuration-error.js';

type Given = Readonly<Record<string, string>>;

/** What production must be given, and servers of one role share with the others; each with why production needs it. */
export const REQUIRED = {
  DATABASE_URL: 'production does not use the embedded Postgres',
  REDIS_URL: 'production does not count limits and pass events in memory',
  MASTER_SECRET: 'production does not use a generated secret; make one with "openssl rand -hex 32"',
  API_KEYS_FILE: 'production has no demo tenant',
} as const;

const missing = (given: Given): (keyof typeof REQUIRED)[] =>
  (Object.keys(REQUIRED) as (keyof typeof REQUIRED)[]).filter(
    (variable) => given[variable] === undefined && given[`${variable}_FILE`] === undefined,
  );

/** What production refuses: parts that are embedded, generated or simulated. Reads names only, so that it always answers. */
export function productionFaults(given: Given): ConfigurationFault[] {
  if (given.NODE_ENV !== 'production') return [];
  const faults: ConfigurationFault[] = missing(given).map((variable) => ({
    variable,
    fault: `is not set: ${REQUIRED[variable]}`,
  }));
  if ((given.MODEL_UPSTREAM ?? 'mock') === 'mock') {
    faults.push({
      variable: 'MODEL_UPSTREAM',
      fault: 'must be http: production does not answer with the built-in mock',
    });
  }
  const runtime = given.RUNTIME;
  if (runtime === 'local' || runtime === 'fake') {
    faults.push({
      variable: 'RUNTIME',
      fault: `must be docker or auto: production does not run agents in the runtime "${runtime}"`,
    });
  }
  if (given.TRIAGED_FAILPOINTS !== undefined) {
    faults.push({ variable: 'TRIAGED_FAILPOINTS', fault: 'is set: production does not kill itself for a test' });
  }
  return faults;
}

/** What servers must have in common, so that it cannot be one's own. Reads names only. */
export function roleFaults(given: Given): ConfigurationFault[] {
  const { ROLE: role = 'all' } = given;
  if (role === 'all') return [];
  return missing(given).map((variable) => ({
    variable,
    fault: `is not set: a server with ROLE=${role} shares it with the others`,
  }));
}
