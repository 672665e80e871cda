import { eventBusContract } from '../../../tests/testkit/contracts/event-bus.contract.js';
import { MemoryEventBus } from './memory-event-bus.js';

eventBusContract('MemoryEventBus', () => {
  const bus = new MemoryEventBus();
  return Promise.resolve({ here: bus, there: bus });
});
