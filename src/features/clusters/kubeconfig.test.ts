import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { parse, stringify } from 'yaml';
import { createCertificateAuthority } from '../../../tests/testkit/kubernetes/certificates.js';
import { TriagedError } from '../../kernel/errors.js';
import { clusterAddress } from './cluster-connection.js';
import { credentialExpiry } from './credential-expiry.js';
import { parseKubeconfig } from './kubeconfig.js';
import { renderKubeconfig } from './rendered-kubeconfig.js';

const authority = createCertificateAuthority();
const client = authority.issueClient('agent', 'readers');
const stranger = createCertificateAuthority('another').issueClient('agent', 'readers');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const TOKEN = 'a-token-that-no-message-repeats';
const CA = base64(authority.caPem);

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly more?: object;
}

/** A good kubeconfig, but for what is given. */
const file = ({ cluster, user, context, more }: Parts = {}) => ({
  apiVersion: 'v1',
  kind: 'Config',
  preferences: {},
  clusters: [
    { name: 'c', cluster: { server: 'https://api.example.com:6443', 'certificate-authority-data': CA, ...cluster } },
  ],
  users: [{ name: 'u', user: user ?? { token: TOKEN } }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
  'current-context': 'x',
  ...more,
});
const text = (parts: Parts = {}): string => stringify(file(parts));
const take = (kubeconfig: string, context?: string) => parseKubeconfig({ path: 'input', kubeconfig, context });

function refusalOf(kubeconfig: string, context?: string): TriagedError {
  try {
    take(kubeconfig, context);
  } catch (error) {
    if (error instanceof TriagedError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const certificate = { 'client-certificate-data': base64(client.certPem), 'client-key-data': base64(client.keyPem) };
const encrypted = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
}).privateKey;

describe('parseKubeconfig', () => {
  it('takes server, CA, token and namespace of the current context', () => {
    const taken = take(text({ context: { namespace: 'shop' }, cluster: { extensions: [{ name: 'minikube' }] } }));
    expect(taken).toEqual({
      serverUrl: 'https://api.example.com:6443',
      certificateAuthority: expect.stringContaining('BEGIN CERTIFICATE'),
      tlsServerName: null,
      namespace: 'shop',
      credential: { kind: 'TOKEN', token: TOKEN },
    });
    expect(take(JSON.stringify(file()))).toEqual({ ...taken, namespace: 'default' });
  });

  it('takes a client certificate with its key, and what it says of its end', () => {
    const { credential } = take(text({ user: certificate }));
    expect(credential).toMatchObject({ kind: 'CLIENT_CERTIFICATE', key: expect.stringContaining('PRIVATE KEY') });
    const days = (credentialExpiry(credential)!.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThan(31);
  });

  it('takes of many contexts the one that is asked for, whatever the others hold', () => {
    const other = {
      clusters: [...file().clusters, { name: 'c2', cluster: { server: 'https://10.0.0.1' } }],
      users: [...file().users, { name: 'u2', user: { exec: { command: '/bin/sh' } } }],
      contexts: [
        ...file().contexts,
        { name: 'y', context: { cluster: 'c2', user: 'u' } },
        { name: 'z', context: { cluster: 'c2', user: 'u2' } },
      ],
    };
    expect(take(text({ more: other }), 'y')).toMatchObject({
      serverUrl: 'https://10.0.0.1',
      certificateAuthority: null,
    });
    expect(refusalOf(text({ more: other }), 'z').message).toContain('exec');
    expect(refusalOf(text(), 'w').details).toEqual({ path: 'input.context' });
  });

  it.each([
    ['https://EXAMPLE.com', 'https://example.com', 'example.com', 443],
    ['https://rancher.example.com/k8s/clusters/c-1/', 'https://rancher.example.com/k8s/clusters/c-1', undefined, 443],
    ['https://[2001:DB8::1]:6443', 'https://[2001:db8::1]:6443', '2001:db8::1', 6443],
    // Written in another way, an address is still the same to what decides whether it may be dialled.
    ['https://2130706433:6443', 'https://127.0.0.1:6443', '127.0.0.1', 6443],
    ['https://0x7f.1', 'https://127.0.0.1', '127.0.0.1', 443],
  ])('writes %s in one form', (server, serverUrl, host = 'rancher.example.com', port) => {
    const taken = take(text({ cluster: { server } }));
    expect(taken.serverUrl).toBe(serverUrl);
    expect(clusterAddress(taken)).toEqual({ host, port });
  });

  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', `echo ${TOKEN}`] };
  const hostile: Readonly<Record<string, [kubeconfig: string, says: RegExp]>> = {
    'an exec plugin': [text({ user: { exec } }), /exec, which would run a program/],
    'an exec plugin beside a token': [text({ user: { token: TOKEN, exec } }), /exec/],
    'an auth provider': [text({ user: { 'auth-provider': { name: 'gcp' } } }), /auth-provider/],
    'a CA by path': [text({ cluster: { 'certificate-authority': '/etc/passwd' } }), /names a file/],
    'a certificate by path': [text({ user: { 'client-certificate': '/etc/passwd' } }), /names a file/],
    'a key by path': [text({ user: { ...certificate, 'client-key': '/proc/self/environ' } }), /names a file/],
    'a token by path': [text({ user: { tokenFile: '/var/run/secrets/token' } }), /names a file/],
    'a proxy': [text({ cluster: { 'proxy-url': 'socks5://127.0.0.1:1080' } }), /proxy-url/],
    'an unchecked server': [text({ cluster: { 'insecure-skip-tls-verify': true } }), /insecure-skip-tls-verify/],
    'a password': [text({ user: { username: 'admin', password: TOKEN } }), /passwords/],
    impersonation: [text({ user: { token: TOKEN, as: 'system:admin' } }), /impersonates/],
    'a setting that nobody knows': [text({ user: { token: TOKEN, 'run-before': 'x' } }), /unknown settings/],
    'plain HTTP': [text({ cluster: { server: 'http://api.example.com' } }), /no https/],
    'a file URL': [text({ cluster: { server: 'file:///etc/passwd' } }), /no https/],
    'a unix socket': [text({ cluster: { server: 'unix:///run/docker.sock' } }), /no https/],
    'no URL at all': [text({ cluster: { server: 'api.example.com' } }), /no https/],
    'a user in the URL': [text({ cluster: { server: `https://me:${TOKEN}@example.com` } }), /user or a password/],
    'a query in the URL': [text({ cluster: { server: 'https://example.com/?a=b' } }), /query/],
    'a port that is none': [text({ cluster: { server: 'https://example.com:99999' } }), /no https/],
    'no server': [text({ cluster: { server: '' } }), /lacks server/],
    'a server that is no text': [text({ cluster: { server: ['https://example.com'] } }), /lacks server/],
    'a CA that is not base64': [text({ cluster: { 'certificate-authority-data': '!!' } }), /not base64/],
    'a CA that is no certificate': [
      text({
        cluster: {
          'certificate-authority-data': base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
        },
      }),
      /no PEM/,
    ],
    'a server name with a line break': [text({ cluster: { 'tls-server-name': 'a\nb' } }), /no host name/],
    'a token with a line break': [text({ user: { token: `${TOKEN}\r\nx-remote-user: admin` } }), /characters/],
    'a token that is a number': [text({ user: { token: 12_345_678 } }), /lacks token/],
    'a token and a certificate': [text({ user: { token: TOKEN, ...certificate } }), /both/],
    'neither of them': [text({ user: {} }), /neither/],
    'a certificate without its key': [
      text({ user: { 'client-certificate-data': base64(client.certPem) } }),
      /lacks client-key-data/,
    ],
    "another certificate's key": [
      text({ user: { ...certificate, 'client-key-data': base64(stranger.keyPem) } }),
      /not the client certificate's/,
    ],
    'a key with a passphrase': [text({ user: { ...certificate, 'client-key-data': base64(encrypted) } }), /passphrase/],
    'a namespace that leads elsewhere': [text({ context: { namespace: '../kube-system' } }), /namespace/],
    'no current context': [text({ more: { 'current-context': '' } }), /current-context/],
    'a context without its user': [text({ context: { user: 'nobody' } }), /no user/],
    'two users of one name': [text({ more: { users: [...file().users, ...file().users] } }), /two entries/],
    'another kind': [text({ more: { kind: 'Secret' } }), /is not one: see kind/],
    'a list': ['- a', /is not one/],
    nothing: ['', /empty/],
    'comments alone': ['# kubeconfig\n', /empty|is not one/],
    'two documents': [`${text()}---\n${text()}`, /several YAML documents/],
    'an alias': [`a: &a b\n${text()}c: *a\n`, /anchors/],
    'aliases that grow beyond all bounds': [
      `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}\n`,
      /anchors/,
    ],
    'a tag': [`a: !!binary eA==\n${text()}`, /tags/],
    'a tag that runs code elsewhere': [`a: !!python/object/apply:os.system [id]\n${text()}`, /not valid YAML|tags/],
    'a repeated key': [text().replace('    user:', '    user:\n      token: first-first\n    user:'), /twice/],
    'a key that is no text': [`? [a]\n: b\n${text()}`, /not valid YAML/],
    'no YAML': ['{ unclosed', /not valid YAML/],
    'nesting without end': ['['.repeat(9_000), /not valid YAML/],
    'too many values': [`[${','.repeat(200_000)}]`, /too many/],
    'more than 256 KiB': [`${text()}# ${'x'.repeat(256 * 1024)}`, /256 KiB/],
  };

  it.each(Object.entries(hostile))('refuses %s, saying why and repeating nothing', (_, [yaml, says]) => {
    const { code, message, details } = refusalOf(yaml);
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toMatch(says);
    expect(message).toMatch(/^The kubeconfig('s | [a-z])/);
    expect(message).toContain('docs/clusters.md');
    expect(details).toEqual({ path: 'input.kubeconfig' });
    expect(message).not.toContain(TOKEN);
  });

  it('is not moved by settings that would change every object', () => {
    const yaml = JSON.stringify(file()).replace('"token"', '"__proto__":{"exec":{"command":"sh"}},"token"');
    expect(take(yaml)).toEqual(take(text()));
    expect(Object.hasOwn(Object.prototype, 'exec')).toBe(false);
  });

  it('takes no longer for the worst text than a request may', () => {
    for (const yaml of ['a: ]\n'.repeat(3_300), '{a: '.repeat(4_900), '- '.repeat(9_900), '---\n'.repeat(9_900)]) {
      const begun = performance.now();
      refusalOf(yaml);
      expect(performance.now() - begun).toBeLessThan(1_500);
    }
    for (const piece of ['- ', '---\n', '{a: ', '? ', 'a: ]\n']) {
      expect(refusalOf(piece.repeat(50_000)).message).toMatch(/too many/);
    }
  });
});

describe('renderKubeconfig', () => {
  it.each([
    ['a token', { token: TOKEN }],
    ['a client certificate', certificate],
  ])('writes one with %s', (_, user) => {
    const taken = take(text({ user, cluster: { 'tls-server-name': 'kube.internal' }, context: { namespace: 'no' } }));
    const rendered = parse(renderKubeconfig(taken, 'http://127.0.0.1:8080')) as ReturnType<typeof file>;
    expect(rendered.clusters).toEqual([
      {
        name: 'triaged',
        cluster: {
          server: 'https://api.example.com:6443',
          'certificate-authority-data': base64(taken.certificateAuthority!),
          'tls-server-name': 'kube.internal',
          'proxy-url': 'http://127.0.0.1:8080',
        },
      },
    ]);
    expect(Object.keys(rendered.users[0]!.user)).toEqual(Object.keys(user));
    expect(rendered.contexts).toEqual([
      { name: 'triaged', context: { cluster: 'triaged', user: 'triaged', namespace: 'no' } },
    ]);
    expect(rendered['current-context']).toBe('triaged');
  });

  it('writes nothing but text, whatever a value looks like to a YAML reader', () => {
    const taken = { ...take(text()), namespace: 'no', credential: { kind: 'TOKEN', token: '1e10:#{}[]&*!' } } as const;
    const [entry] = (parse(renderKubeconfig(taken, 'http://127.0.0.1:8080')) as ReturnType<typeof file>).users;
    expect(entry!.user).toEqual({ token: '1e10:#{}[]&*!' });
  });
});
