import { Command } from 'commander';
import type { Invocation } from './actions.js';
import { instanceCommands } from './definitions/instances.js';
import { runCommands } from './definitions/runs.js';
import { serverCommands } from './definitions/server.js';
import { EXIT_CODE_MEANINGS } from './exit-codes.js';
import { UsageError } from './failure.js';

/** The width of help that is not shown on a terminal, as in docs/cli.md. */
const HELP_WIDTH = 110;
/** Some terminals say that they have no columns. */
const MIN_HELP_WIDTH = 60;

/** The parser of the whole command line. It loads no more than itself: each command is imported when it is called for. */
export function buildProgram(invocation: Invocation): Command {
  const { io } = invocation;
  const program = new Command('triaged')
    .description('Triage Kubernetes incidents with AI agents.')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.max(io.stdout.columns ?? HELP_WIDTH, MIN_HELP_WIDTH),
      getOutHasColors: () => false,
    })
    .exitOverride()
    .helpCommand(false);
  const help = new Command('help')
    .description("Show a command's help, or what the exit codes mean: help exit-codes.")
    .argument('[command...]', 'such as: ai-agents configure')
    .action((words: string[]) => showHelp(program, words, invocation));
  const groups = [
    ['Triage:', runCommands(invocation)],
    ['Instances:', instanceCommands(invocation)],
    ['Server:', serverCommands(invocation)],
  ] as const;
  for (const [heading, commands] of groups) {
    for (const command of commands) adopt(program, command.helpGroup(heading));
  }
  adopt(program, help);
  return program.addHelpText(
    'after',
    '\nOn a terminal only colours pass from a log, a report or a name; NO_COLOR turns them off.',
  );
}

/** Commands that were made by themselves lack what the program was told. */
function adopt(program: Command, command: Command): void {
  program.addCommand(command);
  for (const each of [command, ...command.commands]) each.copyInheritedSettings(program).helpCommand(false);
}

function showHelp(program: Command, words: readonly string[], { io }: Invocation): void {
  if (words.length === 1 && words[0] === 'exit-codes') {
    io.stdout.write(EXIT_CODE_MEANINGS.map(([code, meaning]) => `${String(code).padStart(3)}  ${meaning}\n`).join(''));
    return;
  }
  let meant = program;
  for (const word of words) {
    const next = meant.commands.find((command) => command.name() === word || command.aliases().includes(word));
    if (!next) throw new UsageError(`There is no command ${words.join(' ')}.`);
    meant = next;
  }
  meant.outputHelp();
}
