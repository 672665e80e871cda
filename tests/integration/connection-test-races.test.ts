import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { EntityManager, type SelectQueryBuilder } from 'typeorm';
import { AiAgentConfigurationEntity, ConfigurationFolder } from '../../src/features/ai-agents/index.js';
import { ConnectionTestService } from '../../src/features/connection-tests/index.js';
import type { ModelRequest, ModelUpstream } from '../../src/ports/model-upstream.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = actorOf('acme');
const BEFORE = { baseUrl: 'https://before.example.com', apiKey: `${API_KEY}-before` };
const AFTER = { baseUrl: 'https://after.example.com', apiKey: `${API_KEY}-after` };

type Create = (this: EntityManager, ...given: unknown[]) => SelectQueryBuilder<AiAgentConfigurationEntity>;

describe('a connection test', () => {
  let rig: DomainRig;
  let server: DomainServer;
  beforeAll(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
  });
  afterAll(() => rig.close());

  /** Between the statements by which the connection test reads configuration and key; gives what ends it. */
  function onceAfterConfigurations(work: () => Promise<unknown>): () => void {
    const create = Reflect.get(EntityManager.prototype, 'createQueryBuilder') as Create;
    let done = false;
    const spy = jest.spyOn(EntityManager.prototype, 'createQueryBuilder').mockImplementation(function (
      this: EntityManager,
      ...given: unknown[]
    ) {
      const builder = create.apply(this, given);
      if (done || given[0] !== AiAgentConfigurationEntity) return builder;
      done = true;
      const read = builder.getMany.bind(builder);
      builder.getMany = async () => {
        const rows = await read();
        await work();
        return rows;
      };
      return builder;
    });
    return () => spy.mockRestore();
  }

  it('sends no key but to the base URL that it was given for, also when both change while it reads them', async () => {
    const { instance } = await server.instances.create(acme, 'changing');
    const place = { instanceId: instance.id, aiAgent: 'CLAUDE_CODE' } as const;
    await server.aiAgents.configure(acme, { ...place, ...BEFORE });
    const sent: ModelRequest[] = [];
    const upstream: ModelUpstream = {
      kind: 'http',
      close: async () => undefined,
      send: async (request) => {
        sent.push(request);
        return { status: 401, headers: {}, body: Readable.from([]) };
      },
    };
    const tests = new ConnectionTestService({
      ...{ instances: server.instances, credentials: server.credentials, upstream },
      folders: new ConfigurationFolder(path.join(rig.folder, 'instances')),
    });

    let change: Promise<unknown> | undefined;
    const restore = onceAfterConfigurations(() => {
      change = server.aiAgents.configure(acme, { ...place, ...AFTER });
      // The change waits for the test, or is done in this time.
      return Promise.race([change, sleep(1000)]);
    });
    try {
      await tests.test(acme, place);
    } finally {
      restore();
    }
    expect(change).toBeDefined();
    await change;
    await tests.test(acme, place);
    const told = sent.map(({ baseUrl, headers }) => ({ baseUrl, apiKey: headers['x-api-key'] }));
    expect(told).toEqual([BEFORE, AFTER]);
  });
});
