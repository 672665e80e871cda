import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SpendingProvider {
  readonly url: string;
  /** How many calls came with this API key. */
  callsOf(apiKey: string): number;
  /** Keeps the answers back from now on; the result lets them go. */
  hold(): () => void;
  close(): Promise<void>;
}

/** What makes the provider say that a call spent so many tokens, all of them output; of a model without a price unless told. */
export const spendingBody = (tokens: number, model = 'm'): string =>
  JSON.stringify({ model, max_tokens: tokens, messages: [{ role: 'user', content: 'Why?' }] });

/** A model provider with the protocol of Anthropic Messages that spends what it is asked to, and keeps books. */
export async function startSpendingProvider(): Promise<SpendingProvider> {
  const calls = new Map<string, number>();
  let held: ServerResponse[] | undefined;
  const answers = new WeakMap<ServerResponse, string>();
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const key = keyOf(incoming.headers);
      calls.set(key, (calls.get(key) ?? 0) + 1);
      answers.set(response, answerTo(body));
      if (held) held.push(response);
      else give(response);
    });
  });
  const give = (response: ServerResponse): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(answers.get(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callsOf: (apiKey) => calls.get(apiKey) ?? 0,
    hold() {
      const kept = (held ??= []);
      return () => {
        held = undefined;
        kept.splice(0).forEach(give);
      };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const keyOf = (headers: IncomingHttpHeaders): string => String(headers['x-api-key']);

function answerTo(body: string): string {
  const { model, max_tokens: tokens } = JSON.parse(body) as { model: string; max_tokens?: number };
  const usage = { input_tokens: 0, output_tokens: tokens ?? 0 };
  return JSON.stringify({ type: 'message', role: 'assistant', model, content: [], stop_reason: 'max_tokens', usage });
}
