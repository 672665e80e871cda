export { MemoryCallLimiter } from './memory-call-limiter.js';
export { MemoryRateLimiter } from './memory-rate-limiter.js';
export { RedisCallLimiter, type RedisCallLimiterOptions } from './redis-call-limiter.js';
export { RedisRateLimiter } from './redis-rate-limiter.js';
