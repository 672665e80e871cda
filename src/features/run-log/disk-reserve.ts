import { statfs } from 'node:fs/promises';

/** So much of the disk, and no more than so much, is for logs that are small: one that grows on ends before. */
const SHARE = 0.1;
const MOST_BYTES = 1024 ** 3;

/** True when so little room is left on the folder's disk that a long log must not grow on. */
export async function isReserveReached(directory: string): Promise<boolean> {
  const { bsize, blocks, bavail } = await statfs(directory);
  return bavail * bsize < Math.min(SHARE * blocks * bsize, MOST_BYTES);
}
