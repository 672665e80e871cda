import { type Command, Option } from 'commander';
import type { ConnectionOptions } from './connection.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { CommandIo } from './io.js';
import type { Session } from './session.js';

/** What parses and carries out one command line. */
export interface Invocation {
  readonly io: CommandIo;
  /** What the process ends with. */
  exitCode: number;
}

/** Of a command that asks a server; its module is loaded when it is called for. Answers EXIT.ok unless told otherwise. */
export type ServerCommand<Options> = (
  session: Session,
  options: Options,
  ...operands: string[]
) => Promise<ExitCode | undefined>;

export interface ServerOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** What every command has that asks a server. */
export const withServer = (command: Command, json = 'print one JSON document'): Command =>
  command
    .addOption(new Option('--json', json))
    .addOption(
      new Option('--url <url>', 'the server; else TRIAGED_URL, else the one started in this folder').helpGroup(
        'Connection:',
      ),
    )
    .addOption(
      new Option('--api-key-file <file>', 'a file with the API key; else TRIAGED_API_KEY').helpGroup('Connection:'),
    );

/** An action for a command that asks a server. Nothing of the client is loaded before. */
export const onServer =
  <Options>(invocation: Invocation, load: () => Promise<ServerCommand<Options>>) =>
  async (...received: unknown[]): Promise<void> => {
    const options = received.at(-2) as Options & ServerOptions;
    const operands = received.slice(0, -2) as string[];
    const [{ inSession }, command] = await Promise.all([import('./session.js'), load()]);
    const exitCode = await inSession(invocation.io, options, (session) => command(session, options, ...operands));
    invocation.exitCode = exitCode ?? EXIT.ok;
  };
