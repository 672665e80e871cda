import { callLimiterContract, WINDOW_MS } from '../../../tests/testkit/contracts/call-limiter.contract.js';
import { MemoryCallLimiter } from './memory-call-limiter.js';

callLimiterContract('MemoryCallLimiter', () => {
  const limiter = new MemoryCallLimiter({ windowMs: WINDOW_MS });
  return Promise.resolve({ here: limiter, there: limiter });
});
