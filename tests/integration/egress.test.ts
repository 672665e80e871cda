import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EMPTY_NETWORK_RECORD, type NetworkRecord } from '../../src/features/egress/index.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = actorOf('acme');

let rig: DomainRig;
let server: DomainServer;
beforeAll(async () => {
  rig = await DomainRig.create();
  server = await rig.server();
});
afterAll(() => rig.close());

const update = async (instanceId: string, change: { name?: string | null; egress?: readonly string[] | null }) =>
  (await server.instances.update(acme, { instanceId, ...change })).instance;

describe('the egress list of an instance', () => {
  it('is empty at first, is replaced as a whole, each entry once in one form, and survives', async () => {
    const id = await server.startedInstance(acme);
    expect((await server.instances.get(acme, id)).instance.egress).toEqual([]);
    const written = ['api.example.com:443', '*.example.com:8443', '8.8.8.8:443', '[2606:4700::1]:443'];
    const given = ['API.example.com', 'api.example.com:443', '*.example.com:8443', '8.8.8.8', '2606:4700:0::1'];
    expect(await update(id, { egress: given })).toMatchObject({ egress: written, state: 'RUNNING' });
    expect((await server.instances.get(acme, id)).instance.egress).toEqual(written);
    expect((await update(id, { egress: ['other.example'] })).egress).toEqual(['other.example:443']);
    expect((await update(id, { egress: [] })).egress).toEqual([]);
  });

  it('stays when it is left out, as the name does', async () => {
    const { instance } = await server.instances.create(acme, 'named');
    await update(instance.id, { egress: ['a.example'] });
    expect(await update(instance.id, { name: ' renamed ' })).toMatchObject({
      name: 'renamed',
      egress: ['a.example:443'],
    });
    expect(await update(instance.id, { name: null, egress: null })).toMatchObject({
      name: 'renamed',
      egress: ['a.example:443'],
    });
    await server.instances.create(acme, 'taken');
    await expect(update(instance.id, { name: 'taken', egress: [] })).rejects.toMatchObject({ code: 'DUPLICATE_NAME' });
    expect((await server.instances.get(acme, instance.id)).instance.egress).toEqual(['a.example:443']);
  });

  it.each([
    'https://example.com',
    '*.com',
    '2130706433',
    '127.0.0.1',
    '10.0.0.1:6443',
    '169.254.169.254:80',
    '0.0.0.0',
    '::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    'fd00:ec2::254',
    '255.255.255.255',
  ])('does not take %s, and then takes nothing', async (entry) => {
    const id = await server.startedInstance(acme);
    await expect(update(id, { egress: ['a.example', 'a.example', entry] })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'input.egress.2' },
    });
    expect((await server.instances.get(acme, id)).instance.egress).toEqual([]);
  });

  it('holds for the runs that are asked for from then on', async () => {
    const id = await server.startedInstance(acme);
    await update(id, { egress: ['a.example'] });
    const before = await server.startRun(acme, id);
    await update(id, { egress: [] });
    const after = await server.startRun(acme, id);
    const egressOf = async (runId: string) => (await server.triage.get(acme, runId)).egress;
    expect([await egressOf(before.id), await egressOf(after.id)]).toEqual([['a.example:443'], []]);
    for (const run of [before, after]) await server.triage.cancel(acme, run.id);
  });
});

describe('what a run did over the network', () => {
  const record: NetworkRecord = {
    connections: 1,
    sentBytes: 2,
    receivedBytes: 2 ** 40,
    refused: [{ host: 'a.example', port: null, count: 3, firstAt: '2026-01-01T00:00:00.000Z' }],
  };

  it('is kept by the owner alone, and with the end', async () => {
    const { id } = await server.startRun(acme, await server.startedInstance(acme));
    const [run] = await server.store.claimQueued(1);
    expect(run!.network).toEqual(EMPTY_NETWORK_RECORD);
    expect(await server.store.keepNetwork({ id: run!.id, fence: run!.fence - 1 }, record)).toBe(false);
    expect(await server.store.keepNetwork(run!, record)).toBe(true);
    expect((await server.triage.get(acme, id)).network).toEqual(record);

    const network = { ...record, connections: 2 };
    const report = { report: null, problem: { code: 'MISSING', path: null, message: 'None.' } } as const;
    const left = {
      exitCode: 1,
      logBytes: 0,
      logComplete: true,
      logTruncated: false,
      ...{ reportedTokens: null, usageDrift: null },
      logMasked: false,
      report,
      network,
    };
    await server.store.end(run!, { state: 'FAILED', reason: undefined, ...left });
    expect(await server.store.keepNetwork(run!, record)).toBe(false);
    expect((await server.triage.get(acme, id)).network).toEqual(network);
  });
});
