import { once } from 'node:events';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority } from './kubernetes/certificates.js';
import { renderKubeconfig } from './kubernetes/kubeconfig.js';

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}

/** What the server answers; a test may change it at any time. */
export interface Script {
  version: unknown;
  /** The verbs with which Secrets of all namespaces may be read. */
  secretVerbs: readonly string[];
  namespaces: readonly string[];
  rules: (namespace: string) => readonly Rule[];
  incomplete: boolean;
  /** Answers instead of all that, when it gives true. */
  instead: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface ScriptedApiServer {
  readonly port: number;
  readonly token: string;
  readonly script: Script;
  readonly requests: string[];
  kubeconfig(server?: string): string;
  close(): Promise<void>;
}

const READ_PODS: Rule = { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods', 'events', 'pods/log'] };

/** As much of an API server as a preflight asks, whose rights a test may change, and that may answer anything. */
export async function startScriptedApiServer(): Promise<ScriptedApiServer> {
  const authority = createCertificateAuthority();
  const { certPem, keyPem } = authority.issueServer(['127.0.0.1', 'localhost']);
  const token = `scripted-token-${Math.random().toString(36).slice(2)}`;
  const requests: string[] = [];
  const script: Script = {
    version: { gitVersion: 'v1.31.2' },
    secretVerbs: [],
    namespaces: ['shop'],
    rules: () => [READ_PODS],
    incomplete: false,
    instead: () => false,
  };

  const answerTo = async (request: IncomingMessage): Promise<object> => {
    const url = request.url ?? '';
    if (url === '/version') return script.version as object;
    if (url.startsWith('/api/v1/namespaces')) {
      return { metadata: {}, items: script.namespaces.map((name) => ({ metadata: { name } })) };
    }
    const { spec } = (await bodyOf(request)) as { spec: { namespace?: string; resourceAttributes?: { verb: string } } };
    return spec.resourceAttributes
      ? { status: { allowed: script.secretVerbs.includes(spec.resourceAttributes.verb) } }
      : { status: { incomplete: script.incomplete, resourceRules: script.rules(spec.namespace ?? '') } };
  };

  const server = https.createServer({ cert: certPem, key: keyPem }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (script.instead(request, response)) return;
    void answerTo(request).then((body) => response.writeHead(200).end(JSON.stringify(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, token, script, requests },
    kubeconfig: (address = `https://127.0.0.1:${port}`) =>
      renderKubeconfig({
        ...{ server: address, caPem: authority.caPem, token, namespace: 'shop' },
        clientCertificate: { certPem, keyPem },
      }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}
