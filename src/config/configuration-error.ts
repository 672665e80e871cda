export interface ConfigurationFault {
  /** As it stands in the environment, e.g. `PORT` or `MASTER_SECRET_FILE`. */
  readonly variable: string;
  /** What is wrong and what to do; never the value, which may be a secret. */
  readonly fault: string;
}

/** Thrown once for all faults together; the process ends with 78 (EX_CONFIG). */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly faults: readonly ConfigurationFault[]) {
    const lines = faults.map(({ variable, fault }) => `  ${variable}: ${fault}`);
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${lines.join('\n')}`);
  }
}
