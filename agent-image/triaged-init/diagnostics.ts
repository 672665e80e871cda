/** Says something about triaged-init itself, on its own stderr (the engine's log). Never a secret, never output. */
export function say(message: string): void {
  process.stderr.write(`triaged-init: ${message}\n`);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
