import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { TriageRun } from '../../sdk/src/index.js';
import { readDocument } from './documents.js';

export interface ScriptedRequest {
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What becomes of a request: the data of its answer, an error's code, or no answer at all. */
export type ScriptedAnswer =
  { readonly data: object } | { readonly code: string; readonly message?: string } | 'hang up' | 'no answer';

export interface Script {
  /** By operation; `nth` counts from 1 those of the same operation. */
  readonly answer: (request: ScriptedRequest, nth: number) => ScriptedAnswer | Promise<ScriptedAnswer>;
  readonly subscriptions: Readonly<Record<string, (variables: never) => AsyncIterable<unknown>>>;
}

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly ScriptedRequest[];
  /** How many requests ended without a whole answer. */
  lost(): number;
  close(): void;
}

/** What a client meets on a bad day: a server of the real schema whose answers and subscriptions are those of the script. */
export async function startScriptedServer({ answer, subscriptions }: Script): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  let lost = 0;
  const server = createServer((request, response) => {
    response.on('close', () => (lost += response.writableFinished ? 0 : 1));
    void text(request).then(async (body) => {
      const { query, variables = {} } = JSON.parse(body) as { query?: string; variables?: Record<string, unknown> };
      const failure = (code: string, message = `It is ${code}.`) =>
        response.end(JSON.stringify({ errors: [{ message, extensions: { error_code: code } }] }));
      const operation = /^\s*(?:query|mutation) (\w+)/.exec(query ?? '')?.[1];
      if (operation === undefined) return failure('PERSISTED_QUERY_NOT_FOUND');
      requests.push({ operation, variables });
      const nth = requests.filter((each) => each.operation === operation).length;
      const given = await answer({ operation, variables }, nth);
      if (given === 'no answer') return undefined;
      if (given === 'hang up') return response.destroy();
      return 'code' in given ? failure(given.code, given.message) : response.end(JSON.stringify(given));
    });
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const schema = buildSchema(readDocument('schema/schema.graphql'));
  useServer({ schema, roots: { subscription: subscriptions } }, sockets);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    lost: () => lost,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A run as the API gives it, under way. */
export const SCRIPTED_RUN: TriageRun = {
  id: '00000000-0000-7000-8000-000000000001',
  instanceId: '00000000-0000-7000-8000-000000000002',
  clusterId: null,
  aiAgent: 'CLAUDE_CODE',
  model: 'scripted',
  state: 'RUNNING',
  runtime: 'DOCKER',
  modelUpstream: 'HTTP',
  createdAt: '2026-11-21T12:00:00.000Z',
  startedAt: '2026-11-21T12:00:01.000Z',
  endedAt: null,
  exitCode: null,
  failure: null,
  log: { bytes: 0, complete: false, truncated: false, masked: false, fileName: 'agent.log' },
  usage: {
    ...{ requestCount: 1, errorCount: 0, limitedCount: 0, unknownCount: 0, tokenCount: 10 },
    ...{ inputTokens: 7, outputTokens: 3, estimatedCost: null, reported: null, drift: null },
  },
  artifactCount: 0,
  artifacts: [],
};

export const SCRIPTED_END: TriageRun = {
  ...SCRIPTED_RUN,
  ...{ state: 'SUCCEEDED', endedAt: '2026-11-21T12:00:09.000Z', exitCode: 0 },
};

/** A piece of a run's log, as triageOutput gives it. */
export const outputPiece = (offset: number, content: string): { readonly triageOutput: object } => {
  const bytes = Buffer.from(content);
  const nextOffset = offset + bytes.length;
  return { triageOutput: { offset, nextOffset, data: bytes.toString('base64'), encoding: 'BASE64' } };
};
