import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files below the folder that hold the text, in plain, base64, URL-safe base64 or hex form. */
export async function filesHolding(secret: string, folder: string): Promise<string[]> {
  const bytes = Buffer.from(secret);
  // Base64 of the middle, at each alignment, so that what stands before the secret does not hide it.
  const encoded = [0, 1, 2].flatMap((skip) => {
    const part = bytes.subarray(skip, skip + 3 * Math.floor((bytes.length - skip) / 3));
    return [part.toString('base64'), part.toString('base64url')];
  });
  const patterns = [secret, bytes.toString('hex'), ...encoded].flatMap((pattern) => ['-e', pattern]);
  try {
    const { stdout } = await run('grep', ['-rlaF', ...patterns, folder], { maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\n').filter(Boolean);
  } catch (error) {
    // 1: no file holds it. 2 with nothing found: a file vanished meanwhile, which a live engine does.
    const { code, stdout } = error as { code: number; stdout: string };
    if (code !== 1 && code !== 2) throw error;
    return stdout.split('\n').filter(Boolean);
  }
}
