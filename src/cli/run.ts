import { CommanderError } from 'commander';
import { terminalText } from '../../sdk/src/renderer/index.js';
import type { Invocation } from './actions.js';
import { EXIT } from './exit-codes.js';
import type { CommandIo } from './io.js';
import { buildProgram } from './program.js';

/** Carries out one command line and answers what the process ends with. Failures are told on stderr, never thrown. */
export async function runCommandLine(words: readonly string[], io: CommandIo): Promise<number> {
  const invocation: Invocation = { io, exitCode: EXIT.ok };
  try {
    await buildProgram(invocation).parseAsync(words.length > 0 ? words : ['help'], { from: 'user' });
    return invocation.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParser(error, io);
    const { explain } = await import('./explain.js');
    const { exitCode, message } = explain(error);
    tell(io, message);
    return exitCode;
  }
}

/** Help that was asked for is shown already. */
function endOfParser({ code, message }: CommanderError, io: CommandIo): number {
  if (code === 'commander.help' || code === 'commander.helpDisplayed' || code === 'commander.version') return EXIT.ok;
  tell(io, `${message.replace(/^error: /, '')}\nSay triaged help, or add --help to a command.`);
  return EXIT.usage;
}

/** Of whatever the message quotes, the terminal obeys nothing. */
const tell = (io: CommandIo, message: string): void =>
  void io.stderr.write(`triaged: ${terminalText(message, false)}\n`);
