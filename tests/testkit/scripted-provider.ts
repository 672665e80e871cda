import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createCertificateAuthority } from './kubernetes/certificates.js';

export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly model?: string };
}

export interface ScriptedProvider {
  readonly url: string;
  /** In order, since the script was set. */
  readonly requests: readonly ProviderRequest[];
  /** What answers from now on. */
  play(answer: (request: ProviderRequest, response: ServerResponse) => void): void;
  /** Writes the certificate of its authority, for NODE_EXTRA_CA_CERTS. */
  writeAuthority(file: string): Promise<void>;
  close(): Promise<void>;
}

/** A model provider over HTTPS, with an authority of its own, that answers what a test says. */
export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const authority = createCertificateAuthority('scripted-provider-ca');
  const { certPem, keyPem } = authority.issueServer(['127.0.0.1']);
  let requests: ProviderRequest[] = [];
  let answer: Parameters<ScriptedProvider['play']>[0] = (_, response) => response.end();
  const server = https.createServer({ cert: certPem, key: keyPem }, (incoming, response) => {
    void text(incoming).then((body) => {
      const request = { path: incoming.url ?? '', headers: incoming.headers, body: JSON.parse(body) as object };
      requests.push(request);
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    play(next) {
      requests = [];
      answer = next;
    },
    writeAuthority: (file) => writeFile(file, authority.caPem),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** An answer that is the same for every request. */
export const json =
  (status: number, body: object) =>
  (_: unknown, response: ServerResponse): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** As the provider of the path would, with the model that was asked for, dated. */
export function answerWell({ path: url, body }: ProviderRequest, response: ServerResponse): void {
  const asked = body.model ?? /models\/([^:]+):/.exec(url)?.[1];
  const model = `${asked}-2026-11-01`;
  const usage = { input_tokens: 1, output_tokens: 1 };
  const answers: Record<string, object> = {
    anthropic: { type: 'message', role: 'assistant', model, content: [], stop_reason: 'max_tokens', usage },
    responses: { object: 'response', status: 'completed', error: null, model, output: [], usage },
    completions: { object: 'chat.completion', model, choices: [{ index: 0, message: { role: 'assistant' } }] },
    google: { candidates: [{ finishReason: 'MAX_TOKENS' }], modelVersion: model },
  };
  const name = /anthropic|responses|completions|google/.exec(url)![0];
  json(200, answers[name]!)(undefined, response);
}
