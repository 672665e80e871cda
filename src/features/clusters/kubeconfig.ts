import { z } from 'zod';
import { badUserInput } from '../../kernel/errors.js';
import type { ClusterConnection, ClusterCredential, ClusterEndpoint } from './cluster-connection.js';
import { KubeconfigYamlError, readKubeconfigYaml } from './kubeconfig-yaml.js';
import { readCertificates, readPrivateKey, writeCertificates } from './pem.js';

const RECIPE = 'docs/clusters.md shows how to make a kubeconfig with the token of a read-only service account.';
const FILE = "names a file, which would be one of the server's; give its content in";
const RUNS = 'would run a program on the server';
const PASSWORDS = 'is for passwords, which clusters no longer take';
const OTHER_USER = "impersonates another user; give that user's own credential";

/** Why what kubectl knows is not taken. What neither stands here nor is taken below is refused as unknown. */
const REFUSED: Readonly<Record<string, string>> = {
  'certificate-authority': `${FILE} certificate-authority-data`,
  'insecure-skip-tls-verify': "leaves the cluster's identity unchecked; give certificate-authority-data",
  'proxy-url': 'names a way that this server does not go; name a server that it reaches itself',
  'client-certificate': `${FILE} client-certificate-data`,
  'client-key': `${FILE} client-key-data`,
  tokenFile: `${FILE} token`,
  exec: RUNS,
  'auth-provider': RUNS,
  username: PASSWORDS,
  password: PASSWORDS,
  as: OTHER_USER,
  'as-uid': OTHER_USER,
  'as-groups': OTHER_USER,
  'as-user-extra': OTHER_USER,
};
/** Of no meaning to a connection. */
const IGNORED = ['extensions', 'disable-compression'];

const settings = z.record(z.string(), z.unknown());
const fileSchema = z.object({
  apiVersion: z.literal('v1').optional(),
  kind: z.literal('Config').optional(),
  'current-context': z.string().nullish(),
  contexts: z.array(z.object({ name: z.string(), context: settings })).nullish(),
  clusters: z.array(z.object({ name: z.string(), cluster: settings })).nullish(),
  users: z.array(z.object({ name: z.string(), user: settings })).nullish(),
});

export interface KubeconfigArguments {
  /** The names of the arguments, for messages: `input`. */
  readonly path: string;
  readonly kubeconfig: string;
  /** Instead of the current context. */
  readonly context?: string | null | undefined;
}

/**
 * Takes a cluster's address, CA and credential out of one context. Nothing else of a kubeconfig is ever used: what would run
 * programs, read files or go another way is refused. Throws BAD_USER_INPUT, repeating nothing of the text.
 */
export function parseKubeconfig({ path, kubeconfig, context }: KubeconfigArguments): ClusterConnection {
  const parser = new KubeconfigParser(`${path}.kubeconfig`);
  const file = parser.file(kubeconfig);
  const contextName = context ?? file['current-context'] ?? '';
  if (contextName === '') throw parser.refusal('has no current-context; name one in `context`');
  const contextPath = context == null ? `${path}.kubeconfig` : `${path}.context`;
  const chosen = parser.only(file.contexts, contextName, 'context', contextPath).context;
  const { cluster } = parser.only(file.clusters, parser.text(chosen, 'cluster'), 'cluster');
  const { user } = parser.only(file.users, parser.text(chosen, 'user'), 'user');
  return {
    ...parser.endpoint(cluster),
    credential: parser.credential(user),
    namespace: parser.namespace(chosen),
  };
}

type Settings = z.infer<typeof settings>;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && value !== false;

class KubeconfigParser {
  constructor(private readonly path: string) {}

  /** The fault follows "The kubeconfig": a verb, or what of it, beginning with 's. */
  refusal(fault: string, path = this.path) {
    return badUserInput(path, `The kubeconfig${fault.startsWith("'s ") ? '' : ' '}${fault}. ${RECIPE}`);
  }

  file(text: string): z.infer<typeof fileSchema> {
    try {
      const parsed = fileSchema.safeParse(readKubeconfigYaml(text));
      if (parsed.success) return parsed.data;
      const place = parsed.error.issues[0]?.path.join('.') ?? '';
      throw this.refusal(`is not one: see ${place === '' ? 'its beginning' : place}`);
    } catch (error) {
      if (error instanceof KubeconfigYamlError) throw this.refusal(`cannot be read: ${error.message}`);
      throw error;
    }
  }

  /** The one entry of this name. */
  only<T extends { readonly name: string }>(
    entries: readonly T[] | null | undefined,
    name: string,
    what: 'context' | 'cluster' | 'user',
    path = this.path,
  ): T {
    const [found, second] = (entries ?? []).filter((entry) => entry.name === name);
    if (!found) throw this.refusal(`has no ${what} of the name that is asked for`, path);
    if (second) throw this.refusal(`has two entries for one ${what}`, path);
    return found;
  }

  endpoint(cluster: Settings): ClusterEndpoint {
    this.#checkNames('cluster', cluster, ['server', 'certificate-authority-data', 'tls-server-name']);
    return {
      serverUrl: this.#serverUrl(this.text(cluster, 'server')),
      certificateAuthority: this.#certificateAuthority(cluster),
      tlsServerName: this.#tlsServerName(cluster),
    };
  }

  credential(user: Settings): ClusterCredential {
    this.#checkNames('user', user, ['token', 'client-certificate-data', 'client-key-data']);
    const hasCertificate = isGiven(user['client-certificate-data']) || isGiven(user['client-key-data']);
    if (isGiven(user.token) && hasCertificate) {
      throw this.refusal("'s user has both a token and a client certificate: keep one");
    }
    if (isGiven(user.token)) return { kind: 'TOKEN', token: this.#token(user) };
    if (hasCertificate) return this.#clientCertificate(user);
    throw this.refusal("'s user has neither a token nor a client certificate");
  }

  namespace(context: Settings): string {
    if (!isGiven(context.namespace)) return 'default';
    const namespace = this.text(context, 'namespace');
    if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) return namespace;
    throw this.refusal("'s context has a namespace that cannot be one");
  }

  text(from: Settings, name: string): string {
    const value = from[name];
    if (typeof value === 'string' && value !== '') return value;
    throw this.refusal(`lacks ${name}, or it is no text`);
  }

  #checkNames(what: 'cluster' | 'user', given: Settings, taken: readonly string[]): void {
    for (const [name, value] of Object.entries(given)) {
      if (!isGiven(value) || taken.includes(name) || IGNORED.includes(name)) continue;
      const known = Object.hasOwn(REFUSED, name);
      throw this.refusal(known ? `'s ${what} has ${name}, which ${REFUSED[name]}` : `'s ${what} has unknown settings`);
    }
  }

  #serverUrl(text: string): string {
    const url = URL.canParse(text) && text.length <= 2_048 ? new URL(text) : undefined;
    if (url?.protocol !== 'https:') throw this.refusal("'s server is no https:// URL");
    if (url.username !== '' || url.password !== '') throw this.refusal("'s server names a user or a password");
    if (url.search !== '' || url.hash !== '') throw this.refusal("'s server has a query or a fragment");
    return url.origin + url.pathname.replace(/\/+$/, '');
  }

  #certificateAuthority(cluster: Settings): string | null {
    if (!isGiven(cluster['certificate-authority-data'])) return null;
    const certificates = readCertificates(this.#data(cluster, 'certificate-authority-data'));
    if (!certificates) throw this.refusal("'s certificate-authority-data holds no PEM certificates");
    return writeCertificates(certificates);
  }

  #tlsServerName(cluster: Settings): string | null {
    if (!isGiven(cluster['tls-server-name'])) return null;
    const name = this.text(cluster, 'tls-server-name');
    if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(name)) return name;
    throw this.refusal("'s tls-server-name is no host name");
  }

  #token(user: Settings): string {
    const token = this.text(user, 'token');
    if (/^[\x21-\x7e]{8,16384}$/.test(token)) return token;
    throw this.refusal("'s token has characters that a token cannot have");
  }

  #clientCertificate(user: Settings): ClusterCredential {
    const certificates = readCertificates(this.#data(user, 'client-certificate-data'));
    if (!certificates) throw this.refusal("'s client-certificate-data holds no PEM certificate");
    const key = readPrivateKey(this.#data(user, 'client-key-data'), certificates[0]!);
    if (key === undefined) {
      throw this.refusal("'s client-key-data is not the client certificate's private key, or it wants a passphrase");
    }
    return { kind: 'CLIENT_CERTIFICATE', certificate: writeCertificates(certificates), key };
  }

  /** What stands in base64. */
  #data(from: Settings, name: string): string {
    const text = this.text(from, name).replaceAll(/\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw this.refusal(`'s ${name} is not base64`);
    return Buffer.from(text, 'base64').toString('latin1');
  }
}
