import { jsonRequest, HttpConnection, type Reply } from '../harness/http-connection.js';

/** The key that the provider wants, and that the agent presents. */
export const KEY = 'key-of-the-bench';

/** A question, some 600 bytes; or an agent's second turn, 24 kB: a system prompt, its tools, and what kubectl printed. */
export type Length = 'short' | 'long';

const tools = Array.from({ length: 16 }, (_, index) => ({
  name: `tool_${index}`,
  description: 'Runs one command and gives what it printed. '.repeat(8),
  input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
}));

const body = (length: Length, stream: boolean): string =>
  JSON.stringify({
    ...{ model: 'claude-bench', max_tokens: 1024, stream },
    system: 'You look for the cause of an incident in a cluster, and change nothing. '.repeat(
      length === 'long' ? 60 : 3,
    ),
    ...(length === 'long' && { tools }),
    messages: [
      {
        role: 'user',
        content: 'default  api-7d9f  0/1  CrashLoopBackOff  17 (2m ago)  3h\n'.repeat(length === 'long' ? 300 : 3),
      },
    ],
  });

/** Where a variant is asked, and with what. */
export interface Target {
  readonly name: string;
  /** A port of the loopback, or a unix socket. */
  readonly at: number | string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const callOf = ({ path, headers }: Target, length: Length, { stream = false } = {}): Buffer =>
  jsonRequest(path, body(length, stream), { 'x-api-key': KEY, 'anthropic-version': '2023-06-01', ...headers });

/** Resolves to the one right answer, to the byte; throws, naming the variant, when it is another. */
export async function checkedReply(target: Target, expected: Buffer | undefined): Promise<Reply> {
  const connection = await HttpConnection.open(target.at);
  try {
    const reply = await connection.exchange(callOf(target, 'short'));
    if (reply.status === 200 && (expected === undefined || reply.body.equals(expected))) return reply;
    throw new Error(`${target.name} answered ${reply.status} ${reply.body.toString().slice(0, 500)}`);
  } finally {
    connection.close();
  }
}
