import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { ClusterRegistration, unusable } from '../testkit/cluster-registration.js';
import { CLUSTERS } from '../testkit/clusters.js';
import type { ClusterView } from '../testkit/clusters.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import { createInstance } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

let rig: ClusterRegistration;
beforeAll(async () => {
  rig = await ClusterRegistration.start();
}, 120_000);
afterEach(() => rig.reset());
afterAll(() => rig?.close());

/** As an operator does it, in the file that the server follows. */
async function allowSecretReading(tenant: string, allowed: boolean): Promise<void> {
  const file = JSON.parse(await readFile(rig.server.keysFile, 'utf8')) as object;
  const tenants = { [tenant]: { allowSecretReading: allowed } };
  await writeFile(rig.server.keysFile, JSON.stringify({ ...file, tenants }));
}

describe('what a credential may do in its cluster', () => {
  it('refuses a credential that reads Secrets anywhere, unless the tenant allows it', async () => {
    const open = await startApiServer({ canReadSecrets: true });
    expect(await rig.refusalOf(open.kubeconfig())).toMatchObject(unusable('SECRETS_READABLE'));
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
    // In one namespace alone, which only its own rules tell.
    rig.scripted.script.rules = (namespace) => (namespace === 'shop' ? [rule] : []);
    expect(await rig.refusalOf(rig.scripted.kubeconfig())).toMatchObject(unusable('SECRETS_READABLE'));
    // An authorizer that does not list its rules is asked.
    Object.assign(rig.scripted.script, { ...rig.original, incomplete: true, secretVerbs: ['watch'] });
    expect(await rig.refusalOf(rig.scripted.kubeconfig())).toMatchObject(unusable('SECRETS_READABLE'));

    const reader = rig.server.client('readers', 'ADMIN');
    expect(await rig.refusalOf(open.kubeconfig(), reader)).toMatchObject(unusable('SECRETS_READABLE'));
    await allowSecretReading('readers', true);
    await until(
      async () =>
        (await reader.request(CLUSTERS.register, { input: { name: 'open', kubeconfig: open.kubeconfig() } })).errors ===
        undefined,
    );
    const { clusters } = await reader.ok<{ clusters: { items: ClusterView[] } }>(CLUSTERS.list);
    expect(clusters.items).toMatchObject([{ name: 'open', canReadSecrets: true }]);

    // What is no longer allowed is no longer used.
    await allowSecretReading('readers', false);
    const instanceId = await createInstance(reader);
    const input = { instanceId, clusterId: clusters.items[0]!.id, prompt: 'Look.', incident: '{}' };
    await until(async () => {
      const { errors } = await reader.request(
        `mutation ($input: StartTriageInput!) { startTriage(input: $input) { id } }`,
        { input },
      );
      return (errors?.[0]?.extensions?.details as { reason?: string } | undefined)?.reason === 'SECRETS_READABLE';
    });
    await open.close();
  });

  it('warns of a credential that can do more than read, and of what was not looked at', async () => {
    rig.scripted.script.namespaces = Array.from({ length: 40 }, (_, index) => `team-${index}`);
    rig.scripted.script.incomplete = true;
    rig.scripted.script.rules = (namespace) => [
      {
        verbs: ['get', 'delete'],
        apiGroups: [''],
        resources: namespace === 'shop' ? ['pods', 'pods/exec'] : ['events'],
      },
    ];
    const { warnings, access } = await rig.register(rig.scripted.kubeconfig());
    expect(warnings).toEqual([
      expect.stringContaining('delete pods, delete pods/exec, get pods/exec (in shop)'),
      expect.stringMatching(/delete events \(in default, kube-system, team-0 and \d+ more\)/),
      expect.stringContaining('does not list all'),
      "Only 24 of the cluster's namespaces were looked at.",
    ]);
    expect(access.map(({ namespaces }) => namespaces.length)).toEqual([1, 23]);
    expect(access[0]!.rules).toMatchObject([{ verbs: ['get'], resources: ['pods', 'pods/exec'] }]);
  });

  it('shows no more rights than an agent can be told', async () => {
    const verbs = ['get', 'list', 'watch'];
    rig.scripted.script.rules = () =>
      Array.from({ length: 2_000 }, (_, index) => ({
        verbs,
        apiGroups: [`group-${index}.example.com`],
        resources: ['things'],
      }));
    const { access, warnings } = await rig.register(rig.scripted.kubeconfig());
    expect(JSON.stringify(access).length).toBeLessThan(80 * 1024);
    expect(access[0]!.rules.length).toBeGreaterThan(300);
    expect(warnings).toEqual([expect.stringContaining('too many')]);
  });

  it('says so when the credential may not ask for its own permissions', async () => {
    rig.scripted.script.instead = (request, response) => {
      if (request.url === '/version') return false;
      response.writeHead(403).end('{}');
      return true;
    };
    expect(await rig.refusalOf(rig.scripted.kubeconfig())).toMatchObject(unusable('FORBIDDEN'));
  });
});
