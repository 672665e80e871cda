/**
 * The server cannot start until somebody changes something outside it. The message says what; a stack would not help.
 * The process ends with 78 (EX_CONFIG).
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
