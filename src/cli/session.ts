import { ConnectionLost, Triaged, TriagedError, UnexpectedAnswer } from '../../sdk/src/index.js';
import type { ServerOptions } from './actions.js';
import { resolveConnection, type Connection } from './connection.js';
import { EXIT } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import type { CommandIo } from './io.js';
import { safeJson } from './output/json.js';
import { Output } from './output/output.js';
import { systemCode } from './system-code.js';

/** What a command has that asks a server. */
export interface Session {
  readonly client: Triaged;
  readonly io: CommandIo;
  /** What was asked for. */
  readonly out: Output;
  /** Progress, and what a person should know. */
  readonly err: Output;
  /** The answer as one JSON document, or as text where --json was not given. */
  readonly answer: (document: unknown, text: () => string) => Promise<void>;
  readonly json: boolean;
}

/** Connects, has the command do its work, and says of a server that is away or refuses the key which one was meant. */
export async function inSession<Result>(
  io: CommandIo,
  options: ServerOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const connection = await resolveConnection(options, io.environment);
  const { url, apiKey } = connection;
  using client = new Triaged({ url, apiKey });
  const out = new Output(io.stdout, io.environment);
  const json = options.json ?? false;
  try {
    return await work({
      client,
      io,
      out,
      err: new Output(io.stderr, io.environment),
      json,
      answer: (document, text) => out.write(json ? `${safeJson(document, 2)}\n` : text()),
    });
  } catch (error) {
    throw meaningOf(error, connection);
  }
}

function meaningOf(error: unknown, { url, urlFrom, keyFrom }: Connection): unknown {
  if (error instanceof ConnectionLost) {
    const advice = 'Start one with triaged serve, or name another with --url or TRIAGED_URL.';
    const cause = systemCode(error) ?? error.message.replace(/\.$/, '');
    const message = `No server answers at ${url}, which is from ${urlFrom}: ${cause}. ${advice}`;
    return new CommandFailure(EXIT.away, message, { cause: error });
  }
  if (error instanceof UnexpectedAnswer) {
    return new CommandFailure(EXIT.away, `${url}, which is from ${urlFrom}: ${error.message}`, { cause: error });
  }
  if (error instanceof TriagedError && error.code === 'UNAUTHENTICATED') {
    const message = `${url} refuses the API key, which is from ${keyFrom}: it is unknown, revoked or expired.`;
    return new CommandFailure(EXIT.keyRefused, message, { cause: error });
  }
  return error;
}
