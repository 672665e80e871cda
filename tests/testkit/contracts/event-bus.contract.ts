import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantId } from '../../../src/kernel/ids.js';
import { currentTenant, inTenant } from '../../../src/kernel/tenant-scope.js';
import type { EventBus } from '../../../src/ports/event-bus.js';
import { until } from '../until.js';

/** What every event bus does. `make` gives two ends of one bus: the same object, or two servers' ones. */
export function eventBusContract(name: string, make: () => Promise<{ here: EventBus; there: EventBus }>): void {
  describe(`${name} as an event bus`, () => {
    let here: EventBus;
    let there: EventBus;
    beforeEach(async () => {
      ({ here, there } = await make());
    });
    afterEach(async () => {
      await here.close();
      await there.close();
    });

    it('tells every listener of a topic, at either end, and nobody else', async () => {
      const heard = { first: 0, second: 0, other: 0 };
      await here.subscribe('a', () => (heard.first += 1));
      await there.subscribe('a', () => (heard.second += 1));
      await here.subscribe('b', () => (heard.other += 1));
      const before = { ...heard };
      here.publish('a');
      await until(() => heard.first > before.first && heard.second > before.second);
      expect(heard.other).toBe(before.other);
    });

    it("calls listeners outside of the tenant's scope in which was published", async () => {
      const heardIn: unknown[] = [];
      await there.subscribe('a', () => heardIn.push(currentTenant()));
      const before = heardIn.length;
      inTenant('acme' as TenantId, () => here.publish('a'));
      await until(() => heardIn.length > before);
      expect(heardIn.every((tenant) => tenant === undefined)).toBe(true);
    });

    it('never calls a listener from within publish', async () => {
      let heard = 0;
      await here.subscribe('a', () => (heard += 1));
      const before = heard;
      here.publish('a');
      expect(heard).toBe(before);
      await until(() => heard > before);
    });

    it('stops telling a listener that left, and goes on telling the others', async () => {
      let stayed = 0;
      let left = 0;
      await here.subscribe('a', () => (stayed += 1));
      const leave = await here.subscribe('a', () => (left += 1));
      leave();
      leave();
      const before = { stayed, left };
      there.publish('a');
      await until(() => stayed > before.stayed);
      expect(left).toBe(before.left);
    });

    it('takes a topic up again after its last listener left', async () => {
      (await here.subscribe('a', () => undefined))();
      let heard = 0;
      await here.subscribe('a', () => (heard += 1));
      const before = heard;
      there.publish('a');
      await until(() => heard > before);
    });

    it('tells nobody after it was closed, and does not throw', async () => {
      let heard = 0;
      await here.subscribe('a', () => (heard += 1));
      await here.close();
      const before = heard;
      here.publish('a');
      there.publish('a');
      await sleep(50);
      expect(heard).toBe(before);
    });
  });
}
