import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { parse, stringify } from 'yaml';
import { ClusterRegistration, unusable } from '../testkit/cluster-registration.js';
import { createCertificateAuthority } from '../testkit/kubernetes/certificates.js';
import { startScriptedApiServer } from '../testkit/scripted-api-server.js';

let rig: ClusterRegistration;
beforeAll(async () => {
  rig = await ClusterRegistration.start();
}, 120_000);
afterEach(() => rig.reset());
afterAll(() => rig?.close());

describe('a cluster that is to be registered', () => {
  it('sends no credential to a server that its CA does not vouch for', async () => {
    const before = rig.scripted.requests.length;
    const other = Buffer.from(createCertificateAuthority().caPem).toString('base64');
    const wrong = [
      { 'certificate-authority-data': null },
      { 'certificate-authority-data': other },
      { 'tls-server-name': 'elsewhere.example' },
    ];
    for (const settings of wrong) {
      const file = parse(rig.scripted.kubeconfig()) as { clusters: [{ cluster: object }] };
      Object.assign(file.clusters[0].cluster, settings);
      expect(await rig.refusalOf(stringify(file))).toMatchObject(unusable('TLS'));
    }
    expect(rig.scripted.requests.length).toBe(before);
  });

  it.each<[string, () => string, string]>([
    ['a token that is not taken', () => rig.real.kubeconfig().replace(rig.real.token, 'x'.repeat(32)), 'UNAUTHORIZED'],
    ['a closed port', () => rig.scripted.kubeconfig('https://127.0.0.1:1'), 'UNREACHABLE'],
    ['a name without an address', () => rig.scripted.kubeconfig('https://no-such-host.invalid'), 'DNS'],
    [
      'a path below which there is nothing',
      () => rig.scripted.kubeconfig(`https://127.0.0.1:${rig.scripted.port}/x`),
      'NOT_KUBERNETES',
    ],
  ])('classifies %s', async (_, kubeconfig, reason) => {
    rig.scripted.script.instead = (request, response) => {
      if (!request.url?.startsWith('/x')) return false;
      response.writeHead(404).end('nothing here');
      return true;
    };
    const refusal = await rig.refusalOf(kubeconfig());
    expect(refusal).toMatchObject(unusable(reason));
    expect(refusal.message).toMatch(/\. .*\.$/);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['401', (response) => response.writeHead(401).end('{}'), 'UNAUTHORIZED'],
    ['500', (response) => response.writeHead(500).end('{}'), 'UNREACHABLE'],
    ['HTML', (response) => response.writeHead(200).end('<html>login</html>'), 'NOT_KUBERNETES'],
    ['an answer without end', (response) => response.end(Buffer.alloc(32 * 1024 ** 2, ' ')), 'NOT_KUBERNETES'],
    ['a version that is markup', (response) => response.end('{"gitVersion":"v1</tag>"}'), 'NOT_KUBERNETES'],
  ])('classifies %s', async (_, answer, reason) => {
    rig.scripted.script.instead = (_request, response) => {
      answer(response);
      return true;
    };
    expect(await rig.refusalOf(rig.scripted.kubeconfig())).toMatchObject(unusable(reason));
  });

  it('follows no redirect', async () => {
    const target = await startScriptedApiServer();
    rig.scripted.script.instead = (_request, response) => {
      response.writeHead(302, { location: `https://127.0.0.1:${target.port}/version` }).end();
      return true;
    };
    expect(await rig.refusalOf(rig.scripted.kubeconfig())).toMatchObject(unusable('NOT_KUBERNETES'));
    expect(target.requests).toEqual([]);
    await target.close();
  });

  it('gives up a server that accepts and is silent', async () => {
    const silent = net.createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const begun = Date.now();
    expect(await rig.refusalOf(rig.scripted.kubeconfig(`https://127.0.0.1:${port}`))).toMatchObject(
      unusable('TIMEOUT'),
    );
    expect(Date.now() - begun).toBeLessThan(15_000);
    silent.close();
  }, 30_000);

  it('does not dial addresses of clouds, of this host and of our own services', async () => {
    const own = new URL(rig.server.url).port;
    const addresses = ['169.254.169.254', '[::ffff:169.254.169.254]', '2852039166', '0xa9fea9fe', '[fd00:ec2::254]'];
    const ports = [
      `127.0.0.1:${own}`,
      `localhost:${own}`,
      `[::1]:${own}`,
      `[::ffff:127.0.0.1]:${own}`,
      `2130706433:${own}`,
    ];
    const postgres = `127.0.0.1:${new URL(rig.server.databaseUrl).port}`;
    for (const address of [...addresses, ...ports, postgres, '0.0.0.0:6443', '[::]:6443', '224.0.0.1']) {
      const refusal = await rig.refusalOf(rig.scripted.kubeconfig(`https://${address}`));
      expect({ address, refusal }).toMatchObject({ address, refusal: unusable('REFUSED') });
    }
  });
});
