import type { ShellCommand } from '../script/triage-script.js';

/** A shell tool as a CLI offers it: its name, and the arguments that make it run a command. */
export interface ShellTool {
  readonly name: string;
  argumentsFor(command: ShellCommand): Readonly<Record<string, unknown>>;
}

const plain = ({ command }: ShellCommand) => ({ command });

const SHELL_TOOLS: readonly ShellTool[] = [
  // Codex hands a command that runs longer than this back unfinished.
  { name: 'exec_command', argumentsFor: ({ command }) => ({ cmd: command, login: false, yield_time_ms: 30_000 }) },
  // OpenCode's.
  { name: 'bash', argumentsFor: plain },
  // Goose's, by name or with that of its extension before it.
  { name: 'shell', argumentsFor: plain },
  { name: 'developer__shell', argumentsFor: plain },
];

/** The shell among the tools that a request offers. */
export const shellTool = (offered: readonly (string | undefined)[]): ShellTool | undefined =>
  SHELL_TOOLS.find(({ name }) => offered.includes(name));
