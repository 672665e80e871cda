import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { sealedClusters } from '../../src/features/clusters/index.js';
import { CredentialSealer, resealAll, sealedCredentials, Sealer } from '../../src/features/credentials/index.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';
import { SealedCredentials } from '../testkit/sealed-credentials.js';

const acme = actorOf('acme');
const newer = randomBytes(32);

let rig: DomainRig;
/** Goes on sealing under the older secret. */
let server: DomainServer;
let sealer: Sealer;
let stored: SealedCredentials;
let older: ApiServer;
let later: ApiServer;
beforeAll(async () => {
  [older, later] = [await startApiServer(), await startApiServer()];
  rig = await DomainRig.create();
  server = await rig.server();
  sealer = new Sealer({ primary: newer, secondary: rig.masterSecret });
  stored = await SealedCredentials.open(rig.databaseUrl);
});
afterAll(async () => {
  await stored?.close();
  await rig?.close();
  await older?.close();
  await later?.close();
});

/** Does something between the reading of the first row and its writing. */
function interrupted(meanwhile: () => Promise<unknown>): DataSource {
  let isFirst = true;
  const query = async (statement: string, parameters: unknown[]): Promise<unknown> => {
    if (statement.startsWith('UPDATE') && isFirst) {
      isFirst = false;
      await meanwhile();
    }
    return server.dataSource.query(statement, parameters);
  };
  return { query } as unknown as DataSource;
}

const keysOf = async (instanceId: string) => (await stored.keys({ primary: newer }, instanceId)).map(({ key }) => key);

describe('sealing every credential anew', () => {
  it('does not bring back what was written meanwhile, and brings that over too', async () => {
    const instanceId = await server.startedInstance(acme);
    const place = { tenantId: acme.tenantId, instanceId, aiAgent: 'CLAUDE_CODE', version: 1 } as never;
    const another = new CredentialSealer(new Sealer({ primary: rig.masterSecret })).seal(place, `${API_KEY}-meanwhile`);
    const source = interrupted(() =>
      server.dataSource.query('UPDATE credentials SET sealed = $1 WHERE instance_id = $2', [another, instanceId]),
    );
    expect(await resealAll(sealedCredentials(source, sealer))).toMatchObject({ resealed: 1, unreadable: [] });
    expect(await keysOf(instanceId)).toEqual([`${API_KEY}-meanwhile`]);
  });

  it('leaves destroyed what was destroyed meanwhile', async () => {
    const instanceId = await server.startedInstance(acme);
    const source = interrupted(() => server.keys.revoke(acme, { instanceId, aiAgent: 'CLAUDE_CODE' }));
    expect(await resealAll(sealedCredentials(source, sealer))).toMatchObject({ resealed: 0, unreadable: [] });
    expect(await keysOf(instanceId)).toEqual([null]);
  });

  it('brings over what came under the other secret, in the order of the rows before where it looks', async () => {
    await server.startedInstance(acme);
    let early = '';
    const source = interrupted(async () => (early = await server.startedInstance(actorOf('aaa'))));
    expect(await resealAll(sealedCredentials(source, sealer))).toMatchObject({ resealed: 2, unreadable: [] });
    expect(await keysOf(early)).toEqual([API_KEY]);
    await stored.keys({ primary: newer });
  });

  it("keeps a cluster's credential that was replaced meanwhile, and brings it over", async () => {
    const { id } = await server.clusters.register(acme, { name: 'moves', kubeconfig: older.kubeconfig() });
    const source = interrupted(() => server.clusters.update(acme, id, { kubeconfig: later.kubeconfig() }));
    expect(await resealAll(sealedClusters(source, sealer))).toMatchObject({ resealed: 1, unreadable: [] });
    expect(await stored.tokens({ primary: newer })).toEqual([later.token]);
  });
});
