import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MemoryEventBus } from '../../src/adapters/event-bus/memory-event-bus.js';
import { LimitsService } from '../../src/features/limits/index.js';
import type { LimitsOwner } from '../../src/features/limits/index.js';
import { topics } from '../../src/ports/event-bus.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const actor = actorOf('acme');
const aiAgent = 'CLAUDE_CODE' as const;

let rig: DomainRig;
let server: DomainServer;
beforeAll(async () => {
  rig = await DomainRig.create();
  server = await rig.server();
}, 120_000);
afterAll(() => rig?.close());

/** What a change of limits tells the rest of the server, and other servers. */
function watchedLimits() {
  const [expired, published]: [LimitsOwner[], string[]] = [[], []];
  const limits = new LimitsService({
    instances: server.instances,
    known: { expire: (owner) => void expired.push(owner) },
    bus: Object.assign(new MemoryEventBus(), { publish: (topic: string) => void published.push(topic) }),
    prices: { anyCost: true },
  });
  return { limits, expired, published };
}

it('a changed limit has that AI agent read anew here, and tells the servers of that instance alone', async () => {
  const { limits, expired, published } = watchedLimits();
  const [instanceId] = [await server.startedInstance(actor), await server.startedInstance(actor)];
  await limits.set(actor, { instanceId, aiAgent, requestsPerMinute: 5 });
  expect(expired).toEqual([{ tenantId: actor.tenantId, instanceId, aiAgent }]);
  expect(published).toEqual([topics.limits(instanceId)]);
});

it('limits that stay as they were, and those that are refused, tell nobody', async () => {
  const { limits, expired, published } = watchedLimits();
  const instanceId = await server.startedInstance(actor);
  await limits.set(actor, { instanceId, aiAgent, requestsPerMinute: 5 });
  await limits.set(actor, { instanceId, aiAgent, requestsPerMinute: 5 });
  await limits.set(actor, { instanceId, aiAgent });
  await expect(limits.set(actor, { instanceId, aiAgent, requestsPerMinute: -1 })).rejects.toThrow();
  await expect(limits.set(actorOf('globex'), { instanceId, aiAgent, requestsPerMinute: 6 })).rejects.toThrow();
  expect([expired.length, published.length]).toEqual([1, 1]);
});
