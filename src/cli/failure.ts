import { EXIT, type ExitCode } from './exit-codes.js';

/** The command did not do what was asked: the message says why and what to do, the exit code which kind of failure it is. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure';
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The command line, or a file that it names, was not understood. */
export class UsageError extends CommandFailure {
  override readonly name = 'UsageError';
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.usage, message, options);
  }
}
