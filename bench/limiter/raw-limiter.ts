import { Redis } from 'ioredis';

/** A fixed window in as few commands as it takes: the points so far, and the milliseconds until the window ends. */
const SCRIPT = `
redis.call('SET', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local points = redis.call('INCRBY', KEYS[1], ARGV[1])
return { points, redis.call('PTTL', KEYS[1]) }`;

/** The yardstick: the script by its digest over ioredis, and nothing around it. */
export class RawLimiter {
  private constructor(
    private readonly client: Redis,
    private readonly digest: string,
  ) {}

  static async open(url: string): Promise<RawLimiter> {
    const client = new Redis(url);
    return new RawLimiter(client, (await client.script('LOAD', SCRIPT)) as string);
  }

  async consume(key: string, points: number, windowSeconds: number): Promise<[points: number, msLeft: number]> {
    return (await this.client.evalsha(this.digest, 1, key, points, windowSeconds)) as [number, number];
  }

  close(): void {
    this.client.disconnect();
  }
}
