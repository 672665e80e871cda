export { MemoryRateLimiter } from './memory-rate-limiter.js';
export { RedisRateLimiter } from './redis-rate-limiter.js';
