export { MemoryEventBus } from './memory-event-bus.js';
export { RedisEventBus } from './redis-event-bus.js';
