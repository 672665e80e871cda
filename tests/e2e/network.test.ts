// needs: docker
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { registerCluster } from '../testkit/clusters.js';
import { docker } from '../testkit/docker.js';
import { startApiServer, type ApiServer } from '../testkit/kubernetes/api-server.js';
import { createCertificateAuthority } from '../testkit/kubernetes/certificates.js';
import { createTestDatabase, type TestDatabase } from '../testkit/postgres.js';
import { startRedis, type TestRedis } from '../testkit/redis.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, runScript } from '../testkit/shell-agent.js';
import { createInstance } from '../testkit/triage.js';

jest.setTimeout(180_000);

/** Neither in NO_PROXY nor an address of our own services: a host outside, as far as the server can tell. */
const OUTSIDE = '127.0.0.2';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let database: TestDatabase;
let redis: TestRedis;
let cluster: ApiServer;
let egress: { readonly port: number; readonly caPem: string; close(): void };
let hostListener: { readonly port: number; close(): void };
let neighbour: { readonly id: string; readonly address: string };
let server: TestServer;

async function listen(tcp: Server, host: string): Promise<{ port: number; close(): void }> {
  tcp.listen(0, host);
  await once(tcp, 'listening');
  return { port: (tcp.address() as AddressInfo).port, close: () => void tcp.close() };
}

async function startEgressHost() {
  const authority = createCertificateAuthority();
  const { certPem: cert, keyPem: key } = authority.issueServer([OUTSIDE]);
  const https = createHttpsServer({ cert, key }, (_request, response) => void response.end('from outside'));
  return { ...(await listen(https, OUTSIDE)), caPem: authority.caPem };
}

/** A container with a network and a listener, as another tenant of the engine might have. */
async function startNeighbour() {
  const listener = 'require("node:net").createServer((s) => s.end("hi")).listen(7777)';
  const image = await buildShellAgentImage();
  const id = await docker('run', '-d', '--rm', '--entrypoint', 'node', image, '-e', listener);
  const address = await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', id);
  return { id, address };
}

beforeAll(async () => {
  folder = await createDataFolder();
  [database, redis, cluster, egress, hostListener, neighbour] = await Promise.all([
    createTestDatabase(),
    startRedis(),
    startApiServer(),
    startEgressHost(),
    listen(
      createServer((socket) => socket.end()),
      '0.0.0.0',
    ),
    startNeighbour(),
  ]);
  server = await startServer({
    dataDir: folder.path,
    environment: {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      AGENT_IMAGE: await buildShellAgentImage(),
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      CLUSTER_NETWORKS: '127.0.0.0/8',
      EGRESS_NETWORKS: '127.0.0.0/8,::1/128',
    },
  });
});

afterAll(async () => {
  await server?.stop();
  if (neighbour) await docker('rm', '-f', neighbour.id);
  hostListener?.close();
  egress?.close();
  await cluster?.close();
  await redis?.close();
  await database?.close();
  await folder?.remove();
});

/** `probe NAME open|closed` for a TCP connection of the container's own; `connect NAME STATUS` for one through its proxy. */
const PROBES = `
  raw() { timeout 5 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null && echo "probe $1 open" || echo "probe $1 closed"; }
  proxied() {
    exec 3<>"/dev/tcp/127.0.0.1/\${HTTPS_PROXY##*:}"
    printf 'CONNECT %s HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n' "$2" >&3
    read -r -t 20 _ status _ <&3
    echo "probe $1 $status"
    exec 3>&-
  }`;

async function setEgress(instanceId: string, hosts: readonly string[]): Promise<string[]> {
  const updated = await server.client.ok<{ updateInstance: { egress: string[] } }>(
    `mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { egress } }`,
    { input: { instanceId, egress: hosts } },
  );
  return updated.updateInstance.egress;
}

interface NetworkView {
  readonly egress: readonly string[];
  readonly refusedConnections: readonly { host: string; port: number | null; count: number; firstAt: string }[];
  readonly traffic: { connections: number; sentBytes: number; receivedBytes: number };
}

async function networkOf(id: string): Promise<NetworkView> {
  const query = `query ($id: ID!) { triageRun(id: $id) {
    egress refusedConnections { host port count firstAt } traffic { connections sentBytes receivedBytes } } }`;
  return (await server.client.ok<{ triageRun: NetworkView }>(query, { id })).triageRun;
}

const portOf = (url: string): number => Number(new URL(url).port);

describe('the network of a run', () => {
  it('is the gateway, its cluster and its egress list; everything else fails, and what was asked of the proxy is recorded', async () => {
    const instanceId = await createInstance(server.client);
    const [redisPort, postgresPort] = [portOf(redis.url), portOf(database.url)];
    // Names are looked up at every dial; as addresses these two would not even get onto the list.
    const hosts = [`${OUTSIDE}:${egress.port}`, `localhost:${redisPort}`, `localhost:${postgresPort}`];
    expect(await setEgress(instanceId, hosts)).toEqual(hosts);
    const { id: clusterId } = await registerCluster(server.client, cluster.kubeconfig());
    const host = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')!.address;
    const script = `${PROBES}
      raw model 127.0.0.1 "$(sed -E 's#.*:([0-9]+).*#\\1#' <<< "$ANTHROPIC_BASE_URL")"
      raw internet 1.1.1.1 443
      raw internet-v6 2606:4700:4700::1111 443
      raw metadata 169.254.169.254 80
      raw host ${host} ${hostListener.port}
      raw redis-here 127.0.0.1 ${redisPort}
      raw redis ${host} ${redisPort}
      raw postgres ${host} ${postgresPort}
      raw neighbour ${neighbour.address} 7777
      raw egress ${OUTSIDE} ${egress.port}
      raw cluster 127.0.0.1 ${portOf(cluster.url)}
      (echo x > /dev/udp/8.8.8.8/53) 2>/dev/null && echo 'probe udp open' || echo 'probe udp closed'
      getent hosts example.com > /dev/null && echo 'probe dns open' || echo 'probe dns closed'
      echo "probe interfaces $(ls /sys/class/net | paste -sd,)"
      proxied proxied-internet 1.1.1.1:443
      proxied proxied-name example.com:443
      proxied proxied-metadata 169.254.169.254:80
      proxied proxied-v6 [::1]:${egress.port}
      proxied proxied-mapped [::ffff:127.0.0.2]:${egress.port}
      proxied proxied-decimal 2130706434:${egress.port}
      proxied proxied-redis localhost:${redisPort}
      proxied proxied-redis-address 127.0.0.1:${redisPort}
      proxied proxied-postgres localhost:${postgresPort}
      proxied proxied-api 127.0.0.1:${portOf(server.url)}
      proxied proxied-host ${host}:${hostListener.port}
      proxied proxied-neighbour ${neighbour.address}:7777
      proxied proxied-neighbour ${neighbour.address}:7777
      proxied proxied-cluster 127.0.0.1:${portOf(cluster.url)}
      proxied proxied-egress ${OUTSIDE}:${egress.port}`;
    const { id, probes } = await runScript(server.client, script, { instanceId, clusterId });
    expect(probes).toEqual({
      model: 'open',
      internet: 'closed',
      'internet-v6': 'closed',
      metadata: 'closed',
      host: 'closed',
      'redis-here': 'closed',
      redis: 'closed',
      postgres: 'closed',
      neighbour: 'closed',
      egress: 'closed',
      cluster: 'closed',
      udp: 'closed',
      dns: 'closed',
      interfaces: 'lo',
      'proxied-internet': '403',
      'proxied-name': '403',
      'proxied-metadata': '403',
      'proxied-v6': '403',
      'proxied-mapped': '403',
      'proxied-decimal': '403',
      'proxied-redis': '403',
      'proxied-redis-address': '403',
      'proxied-postgres': '403',
      'proxied-api': '403',
      'proxied-host': '403',
      'proxied-neighbour': '403',
      'proxied-cluster': '200',
      'proxied-egress': '200',
    });
    const { egress: allowed, refusedConnections, traffic } = await networkOf(id);
    expect(allowed).toEqual(hosts);
    expect(traffic.connections).toBeGreaterThanOrEqual(2);
    expect(refusedConnections.map(({ host: name, port, count }) => `${name} ${port} ${count}`)).toEqual([
      '1.1.1.1 443 1',
      'example.com 443 1',
      '169.254.169.254 80 1',
      `::1 ${egress.port} 1`,
      `::ffff:7f00:2 ${egress.port} 1`,
      `2130706434 ${egress.port} 1`,
      `localhost ${redisPort} 1`,
      `127.0.0.1 ${redisPort} 1`,
      `localhost ${postgresPort} 1`,
      `127.0.0.1 ${portOf(server.url)} 1`,
      `${host} ${hostListener.port} 1`,
      `${neighbour.address} 7777 2`,
    ]);
    expect(refusedConnections.every(({ firstAt }) => Date.now() - Date.parse(firstAt) < 180_000)).toBe(true);
  });

  it('lets curl fetch from a host on the egress list and kubectl read the cluster, verified end to end', async () => {
    const instanceId = await createInstance(server.client);
    await setEgress(instanceId, [`${OUTSIDE}:${egress.port}`]);
    const { id: clusterId } = await registerCluster(server.client, cluster.kubeconfig(), 'staging');
    const script = `
      echo '${Buffer.from(egress.caPem).toString('base64')}' | base64 -d > /tmp/ca.pem
      echo "probe curl $(curl -sS --cacert /tmp/ca.pem https://${OUTSIDE}:${egress.port}/)"
      echo "probe plain $(curl -sS -w ' %{http_code}' http://${OUTSIDE}:${egress.port}/)"
      echo "probe unlisted $(curl -sS -o /dev/null -w '%{http_connect}' https://unlisted.example/ 2>/dev/null)"
      echo "probe proxy-url $(grep -c 'proxy-url: "http://127.0.0.1:[0-9]*"' "$KUBECONFIG")"
      kubectl get pods --all-namespaces --no-headers | sed 's/^/pod: /'`;
    const { id, text, probes } = await runScript(server.client, script, { instanceId, clusterId });
    expect(probes).toEqual({
      curl: 'from outside',
      plain: expect.stringMatching(/use https.* 405$/),
      unlisted: '403',
      'proxy-url': '1',
    });
    expect(text).toMatch(/^pod: \S+ +\S+ .*CrashLoopBackOff/m);
    const { refusedConnections, traffic } = await networkOf(id);
    expect(refusedConnections).toMatchObject([{ host: 'unlisted.example', port: 443, count: 1 }]);
    expect(traffic.receivedBytes).toBeGreaterThan(1000);
  });

  it('has no proxy in its environment, and nowhere to go, without an egress list and a cluster', async () => {
    const instanceId = await createInstance(server.client);
    const { id, probes } = await runScript(server.client, `env | grep -ci proxy | sed 's/^/probe proxies /'`, {
      instanceId,
    });
    expect(probes).toEqual({ proxies: '0' });
    const nothing = { connections: 0, sentBytes: 0, receivedBytes: 0 };
    expect(await networkOf(id)).toEqual({ egress: [], refusedConnections: [], traffic: nothing });
  });
});
