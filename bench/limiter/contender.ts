// One of two processes that want more than the quota has, at once: `node contender.js URL KEY CALLS LIMIT`; prints how many passed.
import { pino } from 'pino';
import { RedisRateLimiter } from '../../src/adapters/rate-limiter/index.js';

const [url = '', key = '', calls = '0', limit = '0'] = process.argv.slice(2);
const limiter = new RedisRateLimiter({ url, logger: pino({ level: 'silent' }) });
const isReady = async (): Promise<boolean> =>
  limiter.ping().then(
    () => true,
    () => false,
  );
while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 10));

process.stdout.write('ready\n');
process.stdin.once('data', () => {
  const wanted = { limit: Number(limit), windowSeconds: 60 };
  const consuming = Array.from({ length: Number(calls) }, () => limiter.consume(key, 1, wanted));
  void Promise.all(consuming).then(async (decisions) => {
    process.stdout.write(`${decisions.filter(({ allowed }) => allowed).length}\n`);
    await limiter.close();
    process.stdin.destroy();
  });
});
