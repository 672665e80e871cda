import { rateLimiterContract } from '../../../tests/testkit/contracts/rate-limiter.contract.js';
import { MemoryRateLimiter } from './memory-rate-limiter.js';

rateLimiterContract('MemoryRateLimiter', () => {
  const limiter = new MemoryRateLimiter();
  return Promise.resolve({ here: limiter, there: limiter });
});
