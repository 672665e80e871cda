/** The command line was not understood: the message says why, and the usage follows it. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
