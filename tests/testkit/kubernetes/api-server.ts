import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { type AccessRules, answerReview, isAllowed, refusal, verbOf, type Attempt } from './access.js';
import { findResourceType, REVIEW_TYPES } from './catalogue.js';
import { createCertificateAuthority } from './certificates.js';
import { loadCluster } from './cluster.js';
import { discoveryDocument, SERVER_VERSION } from './discovery.js';
import { renderKubeconfig, type KubeconfigOptions } from './kubeconfig.js';
import type { ClusterContent } from './objects.js';
import { noSuchResource, read, Refused } from './reads.js';

export interface ApiServerOptions {
  /** A folder of shared/incidents' form. Absent: the recorded CrashLoopBackOff where there is one, else our sample. */
  readonly incidentFolder?: string;
  /** Plural names that may not be read: `nodes`, `pods/log`, `*`. */
  readonly forbidden?: readonly string[];
  /** The only namespaces that may be read. */
  readonly namespaces?: readonly string[];
  readonly canReadSecrets?: boolean;
  /** Where to listen; default 127.0.0.1. */
  readonly host?: string;
  /** More names for the certificate, beside 127.0.0.1 and localhost. */
  readonly certificateNames?: readonly string[];
}

export interface RecordedRequest extends Attempt {
  readonly method: string;
  readonly path: string;
  /** It would have changed the cluster. Answered 403. */
  readonly write: boolean;
}

export interface ApiServer {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  /** Of a client that the server takes for the same user as the token's. */
  readonly clientCertificate: { readonly certPem: string; readonly keyPem: string };
  readonly failing: ClusterContent['failing'];
  /** Every authenticated request for a resource, oldest first. */
  readonly requests: readonly RecordedRequest[];
  kubeconfig(options?: KubeconfigOptions): string;
  close(): Promise<void>;
}

const USER = 'system:serviceaccount:triage:agent';
/**
 * A Kubernetes API server small enough to read: discovery, reads of what a recorded incident shows, reviews of one's own
 * rights. It refuses every write and remembers it.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { host = '127.0.0.1', certificateNames = [] } = options;
  const cluster = loadCluster(options.incidentFolder);
  const rules: AccessRules = {
    forbidden: options.forbidden ?? [],
    namespaces: options.namespaces,
    canReadSecrets: options.canReadSecrets ?? false,
  };
  const authority = createCertificateAuthority();
  const serving = authority.issueServer(['127.0.0.1', 'localhost', ...certificateNames]);
  const clientCertificate = authority.issueClient(USER, 'system:serviceaccounts');
  const token = randomBytes(24).toString('base64url');
  const requests: RecordedRequest[] = [];

  const isAuthentic = (request: IncomingMessage): boolean => {
    if ('authorized' in request.socket && request.socket.authorized) return true;
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', headers } = request;
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'https://server');
    const path = pathname.replace(/\/$/, '');
    const accept = headers.accept ?? '';
    if (/^\/(healthz|livez|readyz)$/.test(path)) return void response.end('ok');
    if (path === '/version') return send(response, 200, SERVER_VERSION);
    if (!isAuthentic(request)) throw new Refused(401, 'Unauthorized', 'Unauthorized');

    const discovered = method === 'GET' ? discoveryDocument(path, accept) : undefined;
    if (discovered) return send(response, 200, discovered.body, discovered.contentType);
    const target = parsePath(path);
    if (!target) throw noSuchResource();

    const { group, version, namespace, plural, name, subresource } = target;
    const review = REVIEW_TYPES.find((type) => type.group === group && type.plural === plural);
    const type = findResourceType(group, version, plural);
    const verb = verbOf(method, name !== '', isSet(query, 'watch'));
    const resource = subresource ? `${plural}/${subresource}` : plural;
    const attempt: Attempt = { verb, group, resource, namespace, name };
    const interactive = ['exec', 'attach', 'portforward', 'proxy'].includes(subresource);
    requests.push({
      ...attempt,
      method,
      path: pathname,
      write: interactive || (!review && !['GET', 'HEAD'].includes(method)),
    });
    if (review && verb === 'create') {
      return send(response, 201, answerReview(review.kind, await readJson(request), rules, USER));
    }
    if (!type) throw noSuchResource();
    if (interactive || !isAllowed(rules, attempt)) {
      const message = `${resource}${name ? ` "${name}"` : ''} is forbidden: ${refusal(USER, attempt)}`;
      throw new Refused(403, 'Forbidden', message, { name, group, kind: plural });
    }
    // A watch that never has news; kubectl ends it.
    if (verb === 'watch') return response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const found = read(cluster, { ...attempt, query, accept, type, subresource });
    if (typeof found !== 'string') return send(response, 200, found);
    response.writeHead(200, { 'content-type': 'text/plain' }).end(found);
  };

  const server = https.createServer(
    { key: serving.keyPem, cert: serving.certPem, ca: authority.caPem, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      answer(request, response).catch((error: unknown) => sendFailure(response, error));
    },
  );
  server.listen(0, host);
  await once(server, 'listening');
  const url = `https://${host}:${(server.address() as AddressInfo).port}`;
  return {
    url,
    caPem: authority.caPem,
    token,
    clientCertificate,
    failing: cluster.failing,
    requests,
    kubeconfig: (how = {}) =>
      renderKubeconfig({ server: url, caPem: authority.caPem, token, clientCertificate, ...how }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const isSet = (query: URLSearchParams, name: string) => ['1', 'true'].includes(query.get(name) ?? '');

function parsePath(path: string) {
  const match =
    /^\/(?:api\/(?<core>v1)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+)(?=\/[^/]))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/.exec(
      path,
    )?.groups;
  if (!match?.plural) return undefined;
  const { core, group = '', version = '', namespace = '', plural, name = '', subresource = '' } = match;
  return { group, version: core ?? version, namespace, plural, name: decodeURIComponent(name), subresource };
}

async function readJson(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as object;
  } catch {
    throw new Refused(400, 'BadRequest', 'the object provided is not JSON');
  }
}

/** Chunked, as the real server sends what is long. */
function send(response: ServerResponse, code: number, body: object, contentType = 'application/json'): void {
  response.writeHead(code, { 'content-type': contentType });
  response.write(JSON.stringify(body));
  response.end('\n');
}

function sendFailure(response: ServerResponse, error: unknown): void {
  const refused = error instanceof Refused ? error : new Refused(500, 'InternalError', String(error));
  const { code, reason, message, details } = refused;
  send(response, code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code,
  });
}
